#include "approval/worker.hpp"

#include "approval/commands.hpp"
#include "approval/segment.hpp"
#include "approval/worker_tasks.hpp"
#include "pg/entry.hpp"

namespace approval {
namespace {

constinit bool is_worker = false;

// Milliseconds left for the task: less than the session still waits, so that
// it hears the reason.  Starting the process has taken its share already.
int time_left(const core::WorkerRequest &request, TimestampTz deadline)
{
    constexpr int part_for_the_answer = 8;
    const auto reserve = static_cast<long>(request.timeout / part_for_the_answer);
    return static_cast<int>(std::max(1L, TimestampDifferenceMilliseconds(GetCurrentTimestamp(), deadline) - reserve));
}

// Longest text of an error handed back.
constexpr std::size_t longest_failure = 1000;

// Settings of the database must neither stop the worker nor change what it writes.
void prepare_session(const core::WorkerRequest &request)
{
    const Oid database = request.database;
    const bool files = request.task == core::WorkerTask::file || request.task == core::WorkerTask::judge;
    const char *const activity = request.task == core::WorkerTask::spend ? "spending an approval" : files ? "filing a proposal" : "recording a command";
    pg::call([database, files, activity] {
        // As the bootstrap superuser, whatever the database's connection limit.
        BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, BGWORKER_BYPASS_ALLOWCONN);
        SetConfigOption("application_name", "langchef_guard worker", PGC_USERSET, PGC_S_SESSION);
        // One time for the whole task, which is set when it starts.
        SetConfigOption("lock_timeout", "0", PGC_USERSET, PGC_S_SESSION);
        pg::compat::disable_transaction_timeout();
        SetConfigOption("default_transaction_read_only", "off", PGC_USERSET, PGC_S_SESSION);
        SetConfigOption("default_transaction_isolation", "read committed", PGC_USERSET, PGC_S_SESSION);
        // A standby that does not answer must not hold up the refusal.
        if (files) SetConfigOption("synchronous_commit", "local", PGC_USERSET, PGC_S_SESSION);
        pgstat_report_appname("langchef_guard worker");
        pgstat_report_activity(STATE_RUNNING, activity);
    });
}

core::WorkerResult work(const core::WorkerRequest &request, TimestampTz deadline)
{
    const int timeout = time_left(request, deadline);
    pg::call([timeout] {
        SetCurrentStatementStartTimestamp();
        StartTransactionCommand();
        // SPI wants an outer snapshot; each statement takes its own.
        PushActiveSnapshot(GetTransactionSnapshot());
        enable_timeout_after(STATEMENT_TIMEOUT, timeout);
    });
    core::WorkerResult result = perform(request);
    const bool keep = result.failure.empty();
    pg::call([keep] {
        disable_timeout(STATEMENT_TIMEOUT, false);
        if (keep) {
            PopActiveSnapshot();
            CommitTransactionCommand();
        } else {
            AbortCurrentTransaction();
        }
        pgstat_report_activity(STATE_IDLE, nullptr);
    });
    return result;
}

void answer(Segment *segment, const core::WorkerResult &result)
{
    const std::string bytes = core::encode(result);
    const std::size_t size = std::min(bytes.size(), Segment::result_capacity);
    std::memcpy(segment->result, bytes.data(), size);
    segment->result_size = static_cast<std::uint32_t>(size);
    pg_write_barrier();
    pg_atomic_write_u32(&segment->answered, 1);
}

void serve(Segment *segment)
{
    const auto request = core::decode_request({segment->request(), segment->request_size});
    core::WorkerResult result;
    if (!request) {
        result.failure = "the background worker runs another version of the library";
    } else {
        prepare_session(*request);
        pg::debug_point("proposal_worker");
        result = work(*request, segment->deadline);
    }
    answer(segment, result);
}

void report_failure(Segment *segment, const pg::ErrorReport &report)
{
    core::WorkerResult result;
    const int code = report.server != nullptr ? report.server->sqlerrcode : report.sqlstate;
    const char *const message = report.server != nullptr ? report.server->message : report.message;
    if (code == ERRCODE_LOCK_NOT_AVAILABLE || code == ERRCODE_QUERY_CANCELED) {
        result.failure = "the guard's tables were locked or busy for too long";
    } else {
        result.failure = "the background worker failed: ";
        result.failure += pg::clip(message != nullptr ? message : "unrecognized error", longest_failure);
    }
    answer(segment, result);
}

Segment *attach(Datum argument)
{
    return pg::call([argument]() -> Segment * {
        dsm_segment *const shared = dsm_attach(DatumGetUInt32(argument));
        if (shared == nullptr) return nullptr;  // the session has gone
        auto *const segment = static_cast<Segment *>(dsm_segment_address(shared));
        const Size mapped = dsm_segment_map_length(shared);
        if (mapped < sizeof(Segment) || segment->magic != Segment::magic_number ||
            segment->request_size > mapped - sizeof(Segment)) {
            return nullptr;
        }
        return segment;
    });
}

}  // namespace

bool in_worker() { return is_worker; }

}  // namespace approval

extern "C" PGDLLEXPORT void lcg_proposal_worker_main(Datum argument);

// One task, one transaction, then the process ends; what is left open by an
// error goes with it.
extern "C" void lcg_proposal_worker_main(Datum argument)
{
    approval::is_worker = true;
    pqsignal(SIGTERM, die);
    BackgroundWorkerUnblockSignals();

    approval::Segment *segment = nullptr;
    approval::Segment **const place = &segment;
    pg::guarded([argument, place] {
        pg::debug_point("proposal_worker_start");
        *place = approval::attach(argument);
    });
    if (segment == nullptr) return;

    pg::ErrorReport report;
    auto body = [segment] { approval::serve(segment); };
    if (pg::run_entry(body, report)) return;
    auto tell = [segment, &report] { approval::report_failure(segment, report); };
    pg::ErrorReport second;
    pg::run_entry(tell, second);
}
