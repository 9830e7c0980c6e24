#include "approval/roles.hpp"
#include "pg/entry.hpp"
#include "scratch/database.hpp"
#include "scratch/process.hpp"
#include "scratch/segment.hpp"

// Makes a scratch database, waits for the process that runs the text in it, and drops it.

extern "C" PGDLLEXPORT void lcg_scratch_keeper_main(Datum argument);

namespace scratch {
namespace {

// How often the session and the deadline are looked at.
constexpr long look_every = 100;  // milliseconds

// A text can catch the end of its time, its process cannot.
constexpr int grace = 2000;  // milliseconds

constexpr const char *too_late = "the DDL text was not run in the time it was given";

// While the database is made whatever ends this process is an error, which undoes it.
extern "C" void stop_making([[maybe_unused]] SIGNAL_ARGS)
{
    ShutdownRequestPending = 1;
    InterruptPending = 1;
    QueryCancelPending = 1;
    const int saved = errno;
    SetLatch(MyLatch);
    errno = saved;
}

void connect(Segment *segment)
{
    const Oid database = segment->database;
    const TimestampTz deadline = segment->deadline;
    pg::call([database, deadline] {
        // As the bootstrap superuser: the caller need not have CREATEDB, and the database goes again.
        BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, BGWORKER_BYPASS_ALLOWCONN);
        SetConfigOption("application_name", process_name, PGC_USERSET, PGC_S_SESSION);
        SetConfigOption("lock_timeout", "0", PGC_USERSET, PGC_S_SESSION);
        pg::compat::disable_transaction_timeout();
        SetConfigOption("default_transaction_read_only", "off", PGC_USERSET, PGC_S_SESSION);
        SetConfigOption("default_transaction_isolation", "read committed", PGC_USERSET, PGC_S_SESSION);
        pgstat_report_appname(process_name);
        pgstat_report_activity(STATE_RUNNING, "keeping a scratch database");
        enable_timeout_at(STATEMENT_TIMEOUT, deadline);
    });
}

void be_stopped_later()
{
    pg::call([] {
        disable_timeout(STATEMENT_TIMEOUT, false);
        pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
        pqsignal(SIGINT, SIG_IGN);
        QueryCancelPending = 0;
    });
}

void fail(Segment *segment, int sqlstate, std::string_view message)
{
    const auto clipped = pg::clip(message, Segment::longest_failure);
    std::memcpy(segment->failure, clipped.data(), clipped.size());
    segment->failure[clipped.size()] = '\0';
    segment->sqlstate = sqlstate;
    pg_write_barrier();
    pg_atomic_write_u32(&segment->failed, 1);
}

void report(Segment *segment, const pg::ErrorReport &error)
{
    const int code = error.server != nullptr ? error.server->sqlerrcode : error.sqlstate;
    const char *const message = error.server != nullptr ? error.server->message : error.message;
    const bool late = code == ERRCODE_QUERY_CANCELED && GetCurrentTimestamp() >= segment->deadline;
    fail(segment, code, late ? too_late : "could not make a scratch database: " + pg::text_of(message));
}

bool is_wanted(Segment *segment) { return ShutdownRequestPending == 0 && pg_atomic_read_u32(&segment->abandoned) == 0; }

// Until a slot is free, or nobody waits any more.
BackgroundWorkerHandle *start_runner(dsm_handle shared, Segment *segment)
{
    constexpr int longest = 5000;  // milliseconds
    const TimestampTz until = TimestampTzPlusMilliseconds(GetCurrentTimestamp(), longest);
    for (;;) {
        BackgroundWorkerHandle *const handle = start_process("lcg_scratch_runner_main", UInt32GetDatum(shared));
        if (handle != nullptr || !is_wanted(segment) || GetCurrentTimestamp() >= until) return handle;
        pg::call([] {
            WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, look_every, PG_WAIT_EXTENSION);
            ResetLatch(MyLatch);
            CHECK_FOR_INTERRUPTS();
        });
    }
}

void wait_for_runner(Segment *segment, BackgroundWorkerHandle *handle)
{
    const TimestampTz last = TimestampTzPlusMilliseconds(segment->deadline, grace);
    bool told = false;
    for (;;) {
        const auto status = pg::call([handle] {
            pid_t process = 0;
            return GetBackgroundWorkerPid(handle, &process);
        });
        if (status == BGWH_STOPPED || status == BGWH_POSTMASTER_DIED) return;
        const bool late = GetCurrentTimestamp() >= last;
        if (!told && (late || !is_wanted(segment))) {
            if (late) fail(segment, ERRCODE_QUERY_CANCELED, too_late);
            if (ShutdownRequestPending != 0) fail(segment, ERRCODE_ADMIN_SHUTDOWN, "the process that kept the scratch database was told to end");
            pg::call([handle] { TerminateBackgroundWorker(handle); });
            told = true;
        }
        pg::call([] {
            WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, look_every, PG_WAIT_EXTENSION);
            ResetLatch(MyLatch);
            CHECK_FOR_INTERRUPTS();
        });
    }
}

void run(dsm_segment *shared, Segment *segment)
{
    const auto handle = start_runner(dsm_segment_handle(shared), segment);
    if (handle == nullptr) {
        fail(segment, ERRCODE_CONFIGURATION_LIMIT_EXCEEDED, "no background worker slot came free for the DDL text");
        return;
    }
    wait_for_runner(segment, handle);
    pg::call([handle] { pfree(handle); });
}

void keep(dsm_segment *shared, Segment *segment)
{
    Oid made = InvalidOid;
    pg::ErrorReport error;
    auto make = [segment, &made] {
        connect(segment);
        sweep();
        if (is_wanted(segment)) create_database(segment->role, &made);
        pg::debug_point("scratch_keeper");
    };
    bool good = pg::run_entry(make, error);
    be_stopped_later();
    if (good && OidIsValid(made)) {
        pg_atomic_write_u32(&segment->scratch, made);
        auto work = [shared, segment] { run(shared, segment); };
        good = pg::run_entry(work, error);
    }
    if (!good) report(segment, error);
    pg::call([] { AbortOutOfAnyTransaction(); });
    drop_database(made);
}

}  // namespace
}  // namespace scratch

extern "C" void lcg_scratch_keeper_main(Datum argument)
{
    scratch::enter(scratch::Work::tends);
    pqsignal(SIGTERM, scratch::stop_making);
    BackgroundWorkerUnblockSignals();
    pg::guarded([argument] {
        const auto attached = scratch::attach(argument);
        if (attached.segment != nullptr) scratch::keep(attached.shared, attached.segment);
    });
}
