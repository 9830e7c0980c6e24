#include "approval/worker_client.hpp"

#include "approval/segment.hpp"
#include "pg/attempt.hpp"

namespace approval {
namespace {

enum class Ending { answered, died, late, interrupted };

core::WorkerResult failed(std::string why)
{
    core::WorkerResult result;
    result.failure = std::move(why);
    return result;
}

// A registered worker.  One that nobody waits for any more is told to stop,
// whether the wait ended or an error cut it short.
class Worker {
  public:
    // Workers of the guard take milliseconds: while every slot is taken, the next to come free is waited for.
    Worker(dsm_handle segment, TimestampTz deadline)
    {
        constexpr long pause = 5;
        do {
            handle_ = start(segment);
        } while (handle_ == nullptr && max_worker_processes > 0 && rest(pause, deadline));
    }
    static BackgroundWorkerHandle *start(dsm_handle segment)
    {
        const int caller = MyProcPid;
        return pg::call([segment, caller] {
            BackgroundWorker worker;
            std::memset(&worker, 0, sizeof worker);
            worker.bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
            worker.bgw_start_time = BgWorkerStart_RecoveryFinished;
            worker.bgw_restart_time = BGW_NEVER_RESTART;
            // Found through dynamic_library_path, as by shared_preload_libraries.
            pg_snprintf(worker.bgw_library_name, sizeof worker.bgw_library_name, "%s", "langchef_guard");
            pg_snprintf(worker.bgw_function_name, sizeof worker.bgw_function_name, "%s", "lcg_proposal_worker_main");
            pg_snprintf(worker.bgw_name, sizeof worker.bgw_name, "%s", "langchef_guard worker");
            pg_snprintf(worker.bgw_type, sizeof worker.bgw_type, "%s", "langchef_guard worker");
            worker.bgw_main_arg = UInt32GetDatum(segment);
            worker.bgw_notify_pid = caller;
            BackgroundWorkerHandle *handle = nullptr;
            return RegisterDynamicBackgroundWorker(&worker, &handle) ? handle : nullptr;
        });
    }
    ~Worker()
    {
        if (handle_ != nullptr && !stopped_) TerminateBackgroundWorker(handle_);
    }
    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;

    // False when the deadline has come or the session is to end.
    static bool rest(long milliseconds, TimestampTz deadline)
    {
        return pg::call([milliseconds, deadline] {
            if (GetCurrentTimestamp() >= deadline || QueryCancelPending || ProcDiePending) return false;
            WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, milliseconds, PG_WAIT_EXTENSION);
            ResetLatch(MyLatch);
            if (!QueryCancelPending && !ProcDiePending) CHECK_FOR_INTERRUPTS();
            return true;
        });
    }

    bool registered() const { return handle_ != nullptr; }

    // Until the worker has answered and is gone, so that a row of tasks needs
    // one slot.
    Ending wait(TimestampTz deadline)
    {
        BackgroundWorkerHandle *const handle = handle_;
        bool *const stopped = &stopped_;
        return pg::call([handle, stopped, deadline] {
            for (;;) {
                pid_t pid = 0;
                const BgwHandleStatus status = GetBackgroundWorkerPid(handle, &pid);
                if (status == BGWH_STOPPED || status == BGWH_POSTMASTER_DIED) {
                    *stopped = true;
                    return Ending::died;
                }
                if (QueryCancelPending || ProcDiePending) return Ending::interrupted;
                const long left = TimestampDifferenceMilliseconds(GetCurrentTimestamp(), deadline);
                if (left <= 0) return Ending::late;
                WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, left, PG_WAIT_EXTENSION);
                ResetLatch(MyLatch);
                if (!QueryCancelPending && !ProcDiePending) CHECK_FOR_INTERRUPTS();
            }
        });
    }

    void forget()
    {
        BackgroundWorkerHandle *const handle = handle_;
        const bool stopped = stopped_;
        handle_ = nullptr;
        pg::call([handle, stopped] {
            if (!stopped) TerminateBackgroundWorker(handle);
            pfree(handle);
        });
    }

  private:
    BackgroundWorkerHandle *handle_ = nullptr;
    bool stopped_ = false;
};

std::optional<core::WorkerResult> answer(Segment *segment)
{
    if (pg_atomic_read_u32(&segment->answered) == 0) return std::nullopt;
    pg_read_barrier();
    const std::size_t size = std::min<std::size_t>(segment->result_size, Segment::result_capacity);
    return core::decode_result({segment->result, size});
}

core::WorkerResult ask(dsm_segment *shared, Segment *segment, int timeout)
{
    Worker worker(dsm_segment_handle(shared), segment->deadline);
    if (!worker.registered()) return failed("no background worker slot came free");
    const Ending ending = worker.wait(segment->deadline);
    worker.forget();
    // Whatever the ending: a result that is there says what was committed.
    if (auto result = answer(segment)) return std::move(*result);
    switch (ending) {
        case Ending::late: return failed("no answer from the background worker within " + std::to_string(timeout) + " ms");
        case Ending::interrupted: return failed("the session was interrupted");
        default: return failed("the background worker ended without an answer");
    }
}

}  // namespace

core::WorkerResult run_in_worker(const core::WorkerRequest &request)
{
    if (!IsUnderPostmaster) return failed("single-user mode has no background workers");
    if (RecoveryInProgress()) return failed("the server is in recovery");

    const auto timeout = static_cast<int>(request.timeout);
    const TimestampTz deadline = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), timeout);
    const std::string bytes = core::encode(request);
    const std::string_view view = bytes;
    dsm_segment *shared = nullptr;
    dsm_segment **const place = &shared;
    // Shared memory can be short; the refusal must not turn into that error.
    const ErrorData *const error = pg::attempt([view, place] {
        dsm_segment *const created = dsm_create(Segment::size_for(view.size()), DSM_CREATE_NULL_IF_MAXSEGMENTS);
        if (created == nullptr) return;
        dsm_pin_mapping(created);
        *place = created;
    });
    if (error != nullptr) return failed("no shared memory could be had: " + pg::text_of(error->message));
    if (shared == nullptr) return failed("there are too many dynamic shared memory segments");

    auto *const segment = pg::call([shared, view, deadline] {
        // From here on an error frees the segment.
        dsm_unpin_mapping(shared);
        auto *const header = static_cast<Segment *>(dsm_segment_address(shared));
        header->magic = Segment::magic_number;
        header->deadline = deadline;
        header->result_size = 0;
        header->request_size = view.size();
        pg_atomic_init_u32(&header->answered, 0);
        std::memcpy(header->request(), view.data(), view.size());
        return header;
    });
    core::WorkerResult result = ask(shared, segment, timeout);
    // Tokens do not stay behind in shared memory.
    explicit_bzero(segment->request(), bytes.size());
    pg::call([shared] { dsm_detach(shared); });
    return result;
}

}  // namespace approval
