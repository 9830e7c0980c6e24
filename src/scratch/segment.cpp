#include "scratch/segment.hpp"

#include "scratch/process.hpp"

namespace scratch {

Attached attach(Datum handle)
{
    return pg::call([handle] {
        Attached attached{dsm_attach(DatumGetUInt32(handle)), nullptr};
        if (attached.shared == nullptr) return attached;
        auto *const segment = static_cast<Segment *>(dsm_segment_address(attached.shared));
        const Size mapped = dsm_segment_map_length(attached.shared);
        // A process of another version of the library may read it.
        if (mapped >= sizeof(Segment) && segment->magic == Segment::magic_number &&
            mapped >= Segment::size_for(segment->key_size, segment->text_size)) {
            attached.segment = segment;
        }
        return attached;
    });
}

BackgroundWorkerHandle *start_process(const char *function, Datum argument)
{
    return pg::call([function, argument] {
        BackgroundWorker worker;
        std::memset(&worker, 0, sizeof worker);
        worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
        worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
        worker.bgw_restart_time = BGW_NEVER_RESTART;
        pg_snprintf(worker.bgw_library_name, sizeof worker.bgw_library_name, "%s", "langchef_guard");
        pg_snprintf(worker.bgw_function_name, sizeof worker.bgw_function_name, "%s", function);
        pg_snprintf(worker.bgw_name, sizeof worker.bgw_name, "%s", process_name);
        pg_snprintf(worker.bgw_type, sizeof worker.bgw_type, "%s", process_name);
        worker.bgw_main_arg = argument;
        worker.bgw_notify_pid = MyProcPid;
        BackgroundWorkerHandle *handle = nullptr;
        return RegisterDynamicBackgroundWorker(&worker, &handle) ? handle : nullptr;
    });
}

}  // namespace scratch
