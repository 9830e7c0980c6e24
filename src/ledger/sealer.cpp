#include "ledger/sealer.hpp"

#include "approval/roles.hpp"
#include "pg/entry.hpp"
#include "scratch/database.hpp"
#include "settings.hpp"

// The sealer: one process that waits, and has another seal one database after the other.

extern "C" PGDLLEXPORT void lcg_sealer_main(Datum argument);

namespace ledger {
namespace {

// After a start nothing is sealed for a while: recovery and the applications come first.  But a server that is
// restarted often gets its seals, too.
constexpr int first_wait = 60;  // seconds

// How long somebody who wants a database for himself waits for its sealing to end.
constexpr long look_every = 200;  // milliseconds

// A process that was started is looked for this often until it is in its database.
constexpr long begins_within = 10;  // milliseconds

constexpr int restart_after = 10;  // seconds

void set_up(BackgroundWorker *worker, const char *function, int restart)
{
    std::memset(worker, 0, sizeof *worker);
    worker->bgw_flags = BGWORKER_SHMEM_ACCESS | BGWORKER_BACKEND_DATABASE_CONNECTION;
    // Not on a standby, which cannot write, until it is promoted.
    worker->bgw_start_time = BgWorkerStart_RecoveryFinished;
    worker->bgw_restart_time = restart;
    pg_snprintf(worker->bgw_library_name, sizeof worker->bgw_library_name, "%s", "langchef_guard");
    pg_snprintf(worker->bgw_function_name, sizeof worker->bgw_function_name, "%s", function);
    pg_snprintf(worker->bgw_name, sizeof worker->bgw_name, "%s", sealer_name);
    pg_snprintf(worker->bgw_type, sizeof worker->bgw_type, "%s", sealer_name);
}

bool ending() { return ShutdownRequestPending != 0; }

// Until something happens, at most so long; for ever if it is negative.
void pause(long milliseconds)
{
    pg::call([milliseconds] {
        const int events = WL_LATCH_SET | WL_EXIT_ON_PM_DEATH | (milliseconds >= 0 ? WL_TIMEOUT : 0);
        WaitLatch(MyLatch, events, milliseconds, PG_WAIT_EXTENSION);
        ResetLatch(MyLatch);
        // DROP DATABASE waits for every process to take notice.
        CHECK_FOR_INTERRUPTS();
        if (ConfigReloadPending == 0) return;
        ConfigReloadPending = 0;
        ProcessConfigFile(PGC_SIGHUP);
    });
}

// Takes connections and is no template: nobody works in those, and they must stay free to be copied.
bool is_open(const FormData_pg_database *row)
{
    return row->datallowconn && !row->datistemplate && row->datconnlimit != pg::compat::invalid_database;
}

std::vector<Oid> open_databases()
{
    const MemoryContext context = CurrentMemoryContext;
    List *const list = pg::call([context] {
        StartTransactionCommand();
        const Relation databases = table_open(DatabaseRelationId, AccessShareLock);
        const TableScanDesc scan = table_beginscan_catalog(databases, 0, nullptr);
        List *found = NIL;
        while (const HeapTuple tuple = heap_getnext(scan, ForwardScanDirection)) {
            const auto *const row = reinterpret_cast<const FormData_pg_database *>(GETSTRUCT(tuple));
            if (!is_open(row)) continue;
            const MemoryContext inner = MemoryContextSwitchTo(context);
            found = lappend_oid(found, row->oid);
            MemoryContextSwitchTo(inner);
        }
        table_endscan(scan);
        table_close(databases, AccessShareLock);
        CommitTransactionCommand();
        MemoryContextSwitchTo(context);
        return found;
    });
    std::vector<Oid> databases;
    for (int i = 0; i < list_length(list); ++i) databases.push_back(list_nth_oid(list, i));
    pg::call([list] { list_free(list); });
    return databases;
}

LOCKTAG lock_of(Oid database)
{
    LOCKTAG tag;
    SET_LOCKTAG_OBJECT(tag, InvalidOid, DatabaseRelationId, database, 0);
    return tag;
}

// Whether nobody wants the database for himself, to drop, rename, move or copy it.
bool is_free(Oid database)
{
    const LOCKTAG tag = lock_of(database);
    return pg::call([&tag] {
        const MemoryContext context = CurrentMemoryContext;
        StartTransactionCommand();
        // As a session that connects.
        const bool available = LockAcquire(&tag, RowExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL;
        if (available) LockRelease(&tag, RowExclusiveLock, false);
        CommitTransactionCommand();
        MemoryContextSwitchTo(context);
        return available;
    });
}

// Keeps the database until its process has come into it: a process that was started for a
// database that is dropped meanwhile fails with an error in the log.  False when somebody
// wants it for himself, or it is gone.
bool hold(Oid database)
{
    const LOCKTAG tag = lock_of(database);
    return pg::call([&tag, database] {
        const MemoryContext context = CurrentMemoryContext;
        StartTransactionCommand();
        bool held = LockAcquire(&tag, RowExclusiveLock, true, true) != LOCKACQUIRE_NOT_AVAIL;
        if (held) {
            const HeapTuple tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(database));
            const bool open = HeapTupleIsValid(tuple) && is_open(reinterpret_cast<const FormData_pg_database *>(GETSTRUCT(tuple)));
            if (HeapTupleIsValid(tuple)) ReleaseSysCache(tuple);
            if (!open) LockRelease(&tag, RowExclusiveLock, true);
            held = open;
        }
        CommitTransactionCommand();
        MemoryContextSwitchTo(context);
        return held;
    });
}

void release(Oid database)
{
    const LOCKTAG tag = lock_of(database);
    pg::call([&tag] { LockRelease(&tag, RowExclusiveLock, true); });
}

bool others_wait_for(Oid database)
{
    const LOCKTAG tag = lock_of(database);
    return pg::call([&tag] { return LockHasWaiters(&tag, RowExclusiveLock, true); });
}

bool is_in(pid_t process, Oid database)
{
    return pg::call([process, database] {
        const PGPROC *const entry = BackendPidGetProc(process);
        return entry != nullptr && entry->databaseId == database;
    });
}

// Waits until the process for this database is gone; false when there is no slot for it.
bool seal_database(Oid database)
{
    if (!hold(database)) return true;
    BackgroundWorkerHandle *const handle = pg::call([database] {
        BackgroundWorker worker;
        set_up(&worker, "lcg_seal_worker_main", BGW_NEVER_RESTART);
        worker.bgw_main_arg = ObjectIdGetDatum(database);
        worker.bgw_notify_pid = MyProcPid;
        BackgroundWorkerHandle *registered = nullptr;
        return RegisterDynamicBackgroundWorker(&worker, &registered) ? registered : nullptr;
    });
    bool held = true;
    while (handle != nullptr) {
        pid_t process = 0;
        const BgwHandleStatus status = pg::call([handle, &process] { return GetBackgroundWorkerPid(handle, &process); });
        if (status == BGWH_STOPPED || status == BGWH_POSTMASTER_DIED) break;
        if (held && status == BGWH_STARTED && is_in(process, database)) {
            release(database);
            held = false;
        }
        const bool wanted = held ? others_wait_for(database) : !is_free(database);
        if (ending() || wanted) pg::call([handle] { TerminateBackgroundWorker(handle); });
        if (ending()) break;
        pause(held ? begins_within : look_every);
    }
    if (held) release(database);
    if (handle == nullptr) return false;
    pg::call([handle] { pfree(handle); });
    return true;
}

void seal_all()
{
    for (const Oid database : open_databases()) {
        if (ending() || settings::seal_interval() == 0) return;
        if (seal_database(database)) continue;
        approval::log_line("ledgers are not sealed: no background worker slot is free");
        return;
    }
}

void report_idle()
{
    pg::call([] { pgstat_report_activity(STATE_IDLE, nullptr); });
}

void run()
{
    pg::call([] {
        // Of no database: it sees what the server's databases share, and is in nobody's way.
        BackgroundWorkerInitializeConnection(nullptr, nullptr, 0);
        pgstat_report_appname(sealer_name);
    });
    report_idle();
    scratch::start_sweeping();
    bool first = true;
    TimestampTz last = GetCurrentTimestamp();
    while (!ending()) {
        const int interval = settings::seal_interval();
        const int wait = first ? std::min(first_wait, interval) : interval;
        // The clock may be set back.
        const TimestampTz now = GetCurrentTimestamp();
        last = std::min(last, now);
        const long left = interval == 0 ? -1 : TimestampDifferenceMilliseconds(now, TimestampTzPlusMilliseconds(last, std::int64_t{wait} * 1000));
        if (left != 0) {
            pause(left);
            continue;
        }
        pg::call([] { pgstat_report_activity(STATE_RUNNING, "sealing ledgers"); });
        seal_all();
        report_idle();
        last = GetCurrentTimestamp();
        first = false;
    }
}

}  // namespace

void register_sealer()
{
    if (!process_shared_preload_libraries_in_progress || IsBinaryUpgrade) return;
    BackgroundWorker worker;
    set_up(&worker, "lcg_sealer_main", restart_after);
    RegisterBackgroundWorker(&worker);
}

}  // namespace ledger

extern "C" void lcg_sealer_main(Datum)
{
    pqsignal(SIGHUP, SignalHandlerForConfigReload);
    pqsignal(SIGTERM, SignalHandlerForShutdownRequest);
    BackgroundWorkerUnblockSignals();
    pg::guarded([] { ledger::run(); });
    // With 0 it would not come back when somebody ended only this process.
    proc_exit(1);
}
