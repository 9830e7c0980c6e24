#include "approval/roles.hpp"
#include "guard/installation.hpp"
#include "ledger/seal.hpp"
#include "ledger/sealer.hpp"
#include "pg/entry.hpp"

// Seals the ledger of one database for the sealer, and ends.

extern "C" PGDLLEXPORT void lcg_seal_worker_main(Datum argument);

namespace ledger {
namespace {

// For the log; while an error is told no catalog can be read.
constinit NameData database_name{};

void begin(Oid database)
{
    pg::call([database] {
        // As the bootstrap superuser, whatever the database's connection limit.
        BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, 0);
        // Settings of the database must not stop it.
        SetConfigOption("application_name", sealer_name, PGC_USERSET, PGC_S_SESSION);
        SetConfigOption("default_transaction_read_only", "off", PGC_USERSET, PGC_S_SESSION);
        SetConfigOption("default_transaction_isolation", "read committed", PGC_USERSET, PGC_S_SESSION);
        // Somebody may have sealed in a transaction that he left open: the other databases are not to wait for him.
        SetConfigOption("lock_timeout", "10s", PGC_USERSET, PGC_S_SESSION);
        pg::compat::disable_transaction_timeout();
        SetConfigOption("synchronous_commit", "local", PGC_USERSET, PGC_S_SESSION);
        pgstat_report_appname(sealer_name);
        pgstat_report_activity(STATE_RUNNING, "sealing the ledger");
        SetCurrentStatementStartTimestamp();
        StartTransactionCommand();
        // SPI wants an outer snapshot.
        PushActiveSnapshot(GetTransactionSnapshot());
        const char *const name = get_database_name(database);
        if (name != nullptr) namestrcpy(&database_name, name);
    });
}

void seal_database(Oid database)
{
    begin(database);
    pg::debug_point("seal_worker");
    if (guard::installation()) seal_ledger();
    pg::call([] {
        PopActiveSnapshot();
        CommitTransactionCommand();
        pgstat_report_activity(STATE_IDLE, nullptr);
    });
}

void tell(const pg::ErrorReport &report)
{
    const char *const message = report.server != nullptr ? report.server->message : report.message;
    approval::log_line(std::string("ledger of database \"") + NameStr(database_name) + "\" was not sealed: " + pg::text_of(message));
}

}  // namespace
}  // namespace ledger

// One transaction, then the process ends; what is left open by an error goes with it.
extern "C" void lcg_seal_worker_main(Datum argument)
{
    pqsignal(SIGTERM, die);
    BackgroundWorkerUnblockSignals();
    const Oid database = DatumGetObjectId(argument);
    pg::ErrorReport report;
    auto body = [database] { ledger::seal_database(database); };
    if (pg::run_entry(body, report)) return;
    auto told = [&report] { ledger::tell(report); };
    pg::ErrorReport second;
    pg::run_entry(told, second);
}
