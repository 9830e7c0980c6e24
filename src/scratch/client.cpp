#include "scratch/client.hpp"

#include <charconv>

namespace scratch {
namespace {

constexpr const char *shortage_hint = "It takes two background workers; see \"max_worker_processes\".";

// However the session ends, its keeper learns of it.
extern "C" void abandon(dsm_segment *, Datum segment)
{
    pg_atomic_write_u32(&reinterpret_cast<Segment *>(DatumGetPointer(segment))->abandoned, 1);
}

dsm_segment *share(std::size_t size)
{
    dsm_segment *const shared = pg::call([size] { return dsm_create(size, DSM_CREATE_NULL_IF_MAXSEGMENTS); });
    if (shared == nullptr) throw pg::GuardError(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED, "too many dynamic shared memory segments");
    return shared;
}

}  // namespace

Run::Run(Oid role, std::string_view key, std::string_view ddl, std::int64_t milliseconds)
    : shared_(share(Segment::size_for(key.size(), ddl.size())))
{
    dsm_segment *const shared = shared_;
    auto *const segment = static_cast<Segment *>(dsm_segment_address(shared));
    segment_ = segment;
    pg::call([=] {
        std::memset(static_cast<void *>(segment), 0, sizeof(Segment));
        segment->database = MyDatabaseId;
        segment->role = role;
        segment->deadline = GetCurrentTimestamp() + milliseconds * 1000;
        pg_atomic_init_u32(&segment->scratch, InvalidOid);
        pg_atomic_init_u32(&segment->abandoned, 0);
        pg_atomic_init_u32(&segment->failed, 0);
        segment->key_size = key.size();
        segment->text_size = ddl.size();
        shm_mq_create(segment->queue(), Segment::queue_size);
        shm_mq_set_receiver(segment->queue(), MyProc);
        if (!key.empty()) std::memcpy(segment->key_bytes(), key.data(), key.size());
        if (!ddl.empty()) std::memcpy(segment->text_bytes(), ddl.data(), ddl.size());
        segment->magic = Segment::magic_number;
    });
    keeper_ = start_process("lcg_scratch_keeper_main", UInt32GetDatum(dsm_segment_handle(shared)));
    if (keeper_ == nullptr) {
        throw pg::GuardError(ERRCODE_CONFIGURATION_LIMIT_EXCEEDED, "no background worker slot is free for the DDL text", {}, shortage_hint);
    }
    BackgroundWorkerHandle *const keeper = keeper_;
    queue_ = pg::call([shared, segment, keeper] {
        on_dsm_detach(shared, abandon, PointerGetDatum(segment));
        return shm_mq_attach(segment->queue(), shared, keeper);
    });
}

Run::~Run()
{
    // An error's way out of the session detaches the memory, which the keeper sees; this is faster.
    if (keeper_ != nullptr) TerminateBackgroundWorker(keeper_);
}

core::Parcel Run::next()
{
    struct Received {
        void *data;
        Size size;
        bool got;
    };
    shm_mq_handle *const queue = queue_;
    const auto received = pg::call([queue] {
        Received message{nullptr, 0, false};
        message.got = shm_mq_receive(queue, &message.size, &message.data, false) == SHM_MQ_SUCCESS;
        return message;
    });
    if (!received.got) raise_silence();
    auto parcel = core::unpack({static_cast<const char *>(received.data), received.size});
    if (!parcel) throw pg::GuardError(ERRCODE_INTERNAL_ERROR, "the scratch database gave an answer that cannot be read");
    if (parcel->kind == answer::failed) raise_failure(*parcel);
    return std::move(*parcel);
}

void Run::finish()
{
    BackgroundWorkerHandle *const keeper = keeper_;
    pg::call([keeper] { WaitForBackgroundWorkerShutdown(keeper); });
    keeper_ = nullptr;
    dsm_segment *const shared = shared_;
    pg::call([shared, keeper] {
        pfree(keeper);
        dsm_detach(shared);
    });
    segment_ = nullptr;
}

void Run::raise_failure(const core::Parcel &answer)
{
    constexpr std::size_t fields = 4;
    if (answer.fields.size() != fields) throw pg::GuardError(ERRCODE_INTERNAL_ERROR, "the scratch database gave an answer that cannot be read");
    int code = ERRCODE_INTERNAL_ERROR;
    std::from_chars(answer.fields[0].data(), answer.fields[0].data() + answer.fields[0].size(), code);
    pg::GuardError error(code, std::string(answer.fields[1]), std::string(answer.fields[2]), std::string(answer.fields[3]));
    finish();
    throw error;
}

void Run::raise_silence()
{
    BackgroundWorkerHandle *const keeper = keeper_;
    // First: what went wrong is known when it ends.
    pg::call([keeper] { WaitForBackgroundWorkerShutdown(keeper); });
    int code = ERRCODE_INTERNAL_ERROR;
    std::string message = "the process that ran the DDL text ended without an answer";
    const char *hint = "See the server log.";
    if (pg_atomic_read_u32(&segment_->failed) != 0) {
        pg_read_barrier();
        code = segment_->sqlstate;
        message = segment_->failure;
        hint = code == ERRCODE_CONFIGURATION_LIMIT_EXCEEDED ? shortage_hint
               : code == ERRCODE_QUERY_CANCELED             ? "Give langchef_guard.register_expected_ddl() a longer timeout."
                                                            : "";
    }
    finish();
    throw pg::GuardError(code, message, {}, hint);
}

}  // namespace scratch
