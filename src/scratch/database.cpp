#include "scratch/database.hpp"

#include "approval/roles.hpp"
#include "pg/crypto.hpp"
#include "pg/entry.hpp"
#include "pg/spi.hpp"
#include "scratch/process.hpp"
#include "scratch/segment.hpp"

extern "C" PGDLLEXPORT void lcg_scratch_sweeper_main(Datum argument);

namespace scratch {
namespace {

constexpr const char *name_start = "langchef_guard_scratch_";
constexpr const char *mark = "scratch database of langchef_guard: dropped when nobody uses it";

// Held on a scratch database by whoever drops it; processes may connect to it meanwhile.
constexpr LOCKMODE keeping = ShareUpdateExclusiveLock;

// Columns of pg_database have other names in other versions, so they are taken by name.
constinit pg::Statement command_to_create{
    "SELECT pg_catalog.format('CREATE DATABASE %I OWNER %I TEMPLATE template0 ENCODING %L LC_COLLATE %L LC_CTYPE %L ALLOW_CONNECTIONS false',"
    "         $1, pg_catalog.pg_get_userbyid($2), pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype)"
    "       OPERATOR(pg_catalog.||) CASE d.datlocprovider"
    "         WHEN 'i' THEN pg_catalog.format(' LOCALE_PROVIDER icu ICU_LOCALE %L',"
    "                COALESCE(r.row OPERATOR(pg_catalog.->>) 'datlocale', r.row OPERATOR(pg_catalog.->>) 'daticulocale'))"
    "                OPERATOR(pg_catalog.||) COALESCE(pg_catalog.format(' ICU_RULES %L', NULLIF(r.row OPERATOR(pg_catalog.->>) 'daticurules', '')), '')"
    "         WHEN 'b' THEN pg_catalog.format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', r.row OPERATOR(pg_catalog.->>) 'datlocale')"
    "         ELSE ' LOCALE_PROVIDER libc' END"
    "  FROM pg_catalog.pg_database d, LATERAL pg_catalog.to_jsonb(d.*) AS r (row)"
    " WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()",
    {TEXTOID, OIDOID}};

constinit pg::Statement marked{
    "SELECT d.oid FROM pg_catalog.pg_database d"
    " WHERE pg_catalog.starts_with(d.datname::pg_catalog.text, $1) AND NOT d.datallowconn"
    "   AND pg_catalog.shobj_description(d.oid, 'pg_database') OPERATOR(pg_catalog.=) $2",
    {TEXTOID, TEXTOID}};

void begin()
{
    pg::call([] {
        SetCurrentStatementStartTimestamp();
        StartTransactionCommand();
        PushActiveSnapshot(GetTransactionSnapshot());
    });
}

void commit()
{
    pg::call([] {
        PopActiveSnapshot();
        CommitTransactionCommand();
    });
}

std::string new_name()
{
    constexpr std::size_t random_part = 8;
    return name_start + std::to_string(MyProcPid) + '_' + pg::hex(pg::random_bytes().data(), random_part);
}

LOCKTAG lock_of(Oid database)
{
    LOCKTAG tag;
    SET_LOCKTAG_OBJECT(tag, InvalidOid, DatabaseRelationId, database, 0);
    return tag;
}

// A subscription keeps its database from being dropped, and only a process in that database can drop it.
void drop_subscriptions(Oid database)
{
    const bool any = pg::call([database] {
        StartTransactionCommand();
        const int count = CountDBSubscriptions(database);
        CommitTransactionCommand();
        return count > 0;
    });
    if (!any) return;
    BackgroundWorkerHandle *const handle = start_process("lcg_scratch_emptier_main", ObjectIdGetDatum(database));
    if (handle == nullptr) return;
    pg::call([handle] {
        WaitForBackgroundWorkerShutdown(handle);
        pfree(handle);
    });
}

void drop_now(Oid database)
{
    drop_subscriptions(database);
    pg::call([database] {
        SetCurrentStatementStartTimestamp();
        StartTransactionCommand();
        PushActiveSnapshot(GetTransactionSnapshot());
        const char *const name = get_database_name(database);
        if (name != nullptr) dropdb(name, true, true);
        PopActiveSnapshot();
        CommitTransactionCommand();
    });
}

std::vector<Oid> marked_databases()
{
    std::vector<Oid> found;
    begin();
    {
        pg::SpiSession spi;
        const auto rows = spi.query(marked, {pg::param(std::string_view(name_start)), pg::param(std::string_view(mark))});
        for (std::uint64_t row = 0; row < rows.size(); ++row) found.push_back(rows.oid(row, 1));
    }
    commit();
    return found;
}

// Of no database: this sees pg_database and nothing else.  The first that somebody may connect to, if any looks like one of ours.
Oid place_to_sweep_from()
{
    return pg::call([] {
        const MemoryContext context = CurrentMemoryContext;
        StartTransactionCommand();
        const Relation databases = table_open(DatabaseRelationId, AccessShareLock);
        const TableScanDesc scan = table_beginscan_catalog(databases, 0, nullptr);
        bool needed = false;
        Oid open = InvalidOid;
        while (const HeapTuple tuple = heap_getnext(scan, ForwardScanDirection)) {
            const auto *const row = reinterpret_cast<const FormData_pg_database *>(GETSTRUCT(tuple));
            if (row->datallowconn && !row->datistemplate && row->datconnlimit != pg::compat::invalid_database) open = row->oid;
            if (!row->datallowconn && std::strncmp(NameStr(row->datname), name_start, std::strlen(name_start)) == 0) needed = true;
        }
        table_endscan(scan);
        table_close(databases, AccessShareLock);
        CommitTransactionCommand();
        MemoryContextSwitchTo(context);
        return needed ? open : InvalidOid;
    });
}

}  // namespace

void create_database(Oid owner, Oid *made)
{
    const std::string name = new_name();
    begin();
    std::string command;
    {
        pg::SpiSession spi;
        command = spi.query(command_to_create, {pg::param(std::string_view(name)), pg::param_oid(owner)}).text(0, 1);
    }
    const char *const text = command.c_str();
    pg::call([text, made] {
        auto *const raw = linitial_node(RawStmt, raw_parser(text, RAW_PARSE_DEFAULT));
        const Oid created = createdb(make_parsestate(nullptr), reinterpret_cast<CreatedbStmt *>(raw->stmt));
        *made = created;
        CommandCounterIncrement();
        // In the transaction that makes it: no crash leaves one without its mark.
        CreateSharedComments(created, DatabaseRelationId, mark);
        LockSharedObjectForSession(DatabaseRelationId, created, 0, keeping);
    });
    commit();
}

void drop_database(Oid database)
{
    constexpr int most_attempts = 3;
    constexpr long between = 300;  // milliseconds
    if (!OidIsValid(database)) return;
    for (int attempt = 1;; ++attempt) {
        pg::ErrorReport report;
        auto drop = [database] { drop_now(database); };
        if (pg::run_entry(drop, report)) return;
        pg::call([] { AbortOutOfAnyTransaction(); });
        if (attempt == most_attempts) {
            const char *const message = report.server != nullptr ? report.server->message : report.message;
            approval::log_line("a scratch database could not be dropped: " + pg::text_of(message));
            return;
        }
        pg::call([] {
            WaitLatch(MyLatch, WL_LATCH_SET | WL_TIMEOUT | WL_EXIT_ON_PM_DEATH, between, PG_WAIT_EXTENSION);
            ResetLatch(MyLatch);
        });
    }
}

void sweep()
{
    for (const Oid database : marked_databases()) {
        const LOCKTAG tag = lock_of(database);
        const bool free = pg::call([&tag] {
            StartTransactionCommand();
            const bool available = LockAcquire(&tag, keeping, true, true) != LOCKACQUIRE_NOT_AVAIL;
            CommitTransactionCommand();
            return available;
        });
        if (!free) continue;
        approval::log_line("a scratch database was left behind and is dropped");
        drop_database(database);
        pg::call([&tag] { LockRelease(&tag, keeping, true); });
    }
}

void start_sweeping()
{
    const Oid from = place_to_sweep_from();
    if (!OidIsValid(from)) return;
    BackgroundWorkerHandle *const handle = start_process("lcg_scratch_sweeper_main", ObjectIdGetDatum(from));
    if (handle == nullptr) {
        approval::log_line("scratch databases that were left behind are not dropped: no background worker slot is free");
        return;
    }
    pg::call([handle] { pfree(handle); });
}

}  // namespace scratch

extern "C" void lcg_scratch_sweeper_main(Datum argument)
{
    scratch::enter(scratch::Work::tends);
    pqsignal(SIGTERM, die);
    BackgroundWorkerUnblockSignals();
    const Oid database = DatumGetObjectId(argument);
    pg::guarded([database] {
        pg::call([database] {
            BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, 0);
            pgstat_report_appname(scratch::process_name);
        });
        scratch::sweep();
    });
}
