#include "core/error_context.hpp"
#include "core/parcel.hpp"
#include "core/redact.hpp"
#include "core/script.hpp"
#include "core/shown.hpp"

#include "catalog/secret_key.hpp"
#include "drift/live_facts.hpp"
#include "ledger/revision.hpp"
#include "pg/entry.hpp"
#include "pg/spi.hpp"
#include "scratch/execute.hpp"
#include "scratch/identity.hpp"
#include "scratch/process.hpp"
#include "scratch/segment.hpp"

// Runs a text in a scratch database and sends the facts that come of it.

extern "C" PGDLLEXPORT void lcg_scratch_runner_main(Datum argument);
extern "C" PGDLLEXPORT void lcg_scratch_emptier_main(Datum argument);

namespace scratch {
namespace {

class Answers {
  public:
    explicit Answers(dsm_segment *shared, Segment *segment)
        : queue_(pg::call([shared, segment] {
              shm_mq_set_sender(segment->queue(), MyProc);
              return shm_mq_attach(segment->queue(), shared, nullptr);
          }))
    {
    }

    // False when the session has gone.
    bool send(char kind, std::initializer_list<std::string_view> fields)
    {
        const std::string bytes = core::pack(kind, fields);
        const char *const data = bytes.data();
        const Size size = bytes.size();
        shm_mq_handle *const queue = queue_;
        return pg::call([queue, data, size] { return shm_mq_send(queue, size, data, false, true) == SHM_MQ_SUCCESS; });
    }

  private:
    shm_mq_handle *queue_;
};

void connect(Oid database, const char *activity)
{
    pg::call([database, activity] {
        BackgroundWorkerInitializeConnectionByOid(database, InvalidOid, BGWORKER_BYPASS_ALLOWCONN);
        SetConfigOption("application_name", process_name, PGC_USERSET, PGC_S_SESSION);
        pgstat_report_appname(process_name);
        pgstat_report_activity(STATE_RUNNING, activity);
    });
}

void send_facts(Segment *segment, Answers &answers)
{
    pg::call([] {
        ResetAllOptions();
        SetCurrentStatementStartTimestamp();
        StartTransactionCommand();
        PushActiveSnapshot(GetTransactionSnapshot());
    });
    catalog::use_secret_key(segment->key());
    const auto revision = ledger::current_revision("public");
    drift::LiveFacts facts;
    bool wanted = answers.send(answer::ready, {revision});
    while (wanted && facts.next()) wanted = answers.send(answer::fact, {facts.digest(), facts.canonical()});
    if (wanted) answers.send(answer::done, {});
}

// What the text is doing when something goes wrong.
struct Progress {
    std::optional<core::ScriptStatement> statement;
};

void run_text(Segment *segment, Progress *progress)
{
    Identity identity(segment->role, segment->database);
    core::Script script(segment->text());
    for (;;) {
        const auto statement = script.next(standard_conforming_strings ? core::Backslash::ordinary : core::Backslash::escape);
        if (!statement) break;
        progress->statement = statement;
        execute(*statement, identity);
        progress->statement.reset();
        identity.settle();
    }
    if (IsTransactionBlock()) {
        throw pg::GuardError(ERRCODE_ACTIVE_SQL_TRANSACTION, "the DDL text ends within a transaction", "It lacks a COMMIT.");
    }
    identity.leave();
}

std::string sqlstate_text(int code) { return std::to_string(code); }

constexpr std::size_t longest_statement = 300;

// The words of an error about the statement that was run.
void send_failure(Answers &answers, const Segment *segment, const Progress &progress, const pg::ErrorReport &report)
{
    const bool server = report.server != nullptr;
    int code = server ? report.server->sqlerrcode : report.sqlstate;
    std::string message = pg::text_of(server ? report.server->message : report.message);
    std::string detail = pg::text_of(server ? report.server->detail : report.detail);
    std::string hint = pg::text_of(server ? report.server->hint : report.hint);
    if (code == ERRCODE_QUERY_CANCELED && GetCurrentTimestamp() >= segment->deadline) {
        message = "the DDL text was not run in the time it was given";
        hint = "Give langchef_guard.register_expected_ddl() a longer timeout.";
    }
    if (progress.statement) {
        const auto &statement = *progress.statement;
        core::Place place{statement.line, 0};
        if (server && report.server->cursorpos > 0) place = core::place_of(statement.text, statement.line, static_cast<std::size_t>(report.server->cursorpos));
        message = "line " + std::to_string(place.line) + " of the DDL text: " + message;
        const auto add = [&detail](const std::string &sentence) { detail += (detail.empty() ? "" : "  ") + sentence; };
        if (place.column > 0) add("It is at column " + std::to_string(place.column) + '.');
        const auto text = core::shown_statement(core::redact(statement.text));
        const auto clipped = pg::clip(text, longest_statement);
        add("The statement is: " + std::string(clipped) + (clipped.size() < text.size() ? "..." : ""));
        const std::string context = pg::text_of(server ? report.server->context : nullptr);
        // It quotes statements that functions ran.
        if (!context.empty() && !core::may_hold_secret(context)) add("Context: " + std::string(pg::clip(context, longest_statement)));
    }
    answers.send(answer::failed, {sqlstate_text(code), message, detail, hint});
}

// Script errors have a line and a hint of their own.
void run_script(Segment *segment, Progress *progress)
{
    try {
        run_text(segment, progress);
    } catch (const core::ScriptError &error) {
        progress->statement.reset();
        throw pg::GuardError(ERRCODE_SYNTAX_ERROR, "line " + std::to_string(error.line) + " of the DDL text: " + error.what(), {}, error.hint);
    }
}

void serve(dsm_segment *shared, Segment *segment)
{
    Answers answers(shared, segment);
    connect(pg_atomic_read_u32(&segment->scratch), "running DDL text");
    const TimestampTz deadline = segment->deadline;
    pg::call([deadline] { enable_timeout_at(STATEMENT_TIMEOUT, deadline); });
    Progress progress;
    pg::ErrorReport report;
    auto body = [segment, &answers, &progress] {
        run_script(segment, &progress);
        send_facts(segment, answers);
    };
    if (pg::run_entry(body, report)) return;
    pg::call([] {
        disable_timeout(STATEMENT_TIMEOUT, false);
        QueryCancelPending = 0;
    });
    send_failure(answers, segment, progress, report);
}

constinit pg::Statement own_subscriptions{
    "SELECT pg_catalog.quote_ident(s.subname) FROM pg_catalog.pg_subscription s, pg_catalog.pg_database d"
    " WHERE s.subdbid OPERATOR(pg_catalog.=) d.oid AND d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()",
    {}};

// Without the publisher, who may not be there.
void drop_subscriptions(Oid database)
{
    connect(database, "emptying a scratch database");
    pg::call([] {
        StartTransactionCommand();
        PushActiveSnapshot(GetTransactionSnapshot());
    });
    {
        pg::SpiSession spi;
        const auto rows = spi.query(own_subscriptions, {});
        std::vector<std::string> commands;
        for (std::uint64_t row = 0; row < rows.size(); ++row) {
            const std::string name = rows.text(row, 1);
            commands.push_back("ALTER SUBSCRIPTION " + name + " DISABLE");
            commands.push_back("ALTER SUBSCRIPTION " + name + " SET (slot_name = NONE)");
            commands.push_back("DROP SUBSCRIPTION " + name);
        }
        for (const auto &command : commands) {
            const char *const text = command.c_str();
            pg::call([text] { SPI_execute(text, false, 0); });
        }
    }
    pg::call([] {
        PopActiveSnapshot();
        CommitTransactionCommand();
    });
}

void begin(Work work)
{
    enter(work);
    pqsignal(SIGTERM, die);
    BackgroundWorkerUnblockSignals();
}

}  // namespace
}  // namespace scratch

extern "C" void lcg_scratch_runner_main(Datum argument)
{
    scratch::begin(scratch::Work::runs_text);
    pg::guarded([argument] {
        const auto attached = scratch::attach(argument);
        if (attached.segment != nullptr) scratch::serve(attached.shared, attached.segment);
    });
}

extern "C" void lcg_scratch_emptier_main(Datum argument)
{
    scratch::begin(scratch::Work::tends);
    const Oid database = DatumGetObjectId(argument);
    pg::guarded([database] { scratch::drop_subscriptions(database); });
}
