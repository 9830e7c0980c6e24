#include "intercept/watch.hpp"

#include "approval/worker.hpp"
#include "core/redact.hpp"
#include "guard/installation.hpp"
#include "guard/own_objects.hpp"
#include "intercept/binding.hpp"
#include "intercept/command_kind.hpp"
#include "intercept/describe.hpp"
#include "intercept/elsewhere.hpp"
#include "intercept/foreseen.hpp"
#include "intercept/gate.hpp"
#include "intercept/mode_record.hpp"
#include "intercept/side_effects.hpp"
#include "intercept/utility_record.hpp"
#include "intercept/utility_state.hpp"
#include "judge/judge.hpp"
#include "judge/mass_change.hpp"
#include "ledger/record.hpp"
#include "mode_change.hpp"
#include "pg/attempt.hpp"
#include "pg/entry.hpp"
#include "pg/spi.hpp"
#include "scratch/process.hpp"
#include "settings.hpp"

namespace intercept {
namespace {

// A change that the event triggers would not record does not happen.
void require_recorder(CurrentCommand &command)
{
    if (settings::mode() != settings::Mode::enforce || !command_tag_event_trigger_ok(static_cast<CommandTag>(command.command_tag))) return;
    const char *const defect = guard::recorder_defect();
    if (defect == nullptr) return;
    core::Effect effect;
    effect.rule = "P07";
    effect.phrase = "running " + command.judgement.tag + " unrecorded";
    command.judgement.effects = {effect};
    refuse_tampering(command.judgement, defect);
}

// Objects that other databases decided on already are not decided on again.
std::unique_ptr<CurrentCommand> judge_command(Node *tree, std::string_view statement, bool top_level, const std::vector<core::Address> &decided = {},
                                              const std::function<void()> &ask_others = {})
{
    auto command = std::make_unique<CurrentCommand>();
    command->statement = core::redact(statement);
    command->judgement = judge::judge(tree);
    command->judgement.statement = command->statement;
    std::erase_if(command->judgement.effects, [&decided](const core::Effect &effect) {
        return effect.rule == "D06" && std::find(decided.begin(), decided.end(), effect.object) != decided.end();
    });
    bind_to_text(command->judgement, statement);
    command->records = utility_records(tree);
    command->side_effects = side_effects(tree);
    command->irrevocable = is_irrevocable(tree);
    command->statement_kind = nodeTag(tree);
    command->command_tag = static_cast<int>(pg::call([tree] { return CreateCommandTag(tree); }));
    command->changes_guard = judge::changes_guard(tree);
    if (const IntoClause *const into = created_by_explain(tree)) {
        command->explained =
            pg::text_of(pg::call([into] { return static_cast<const char *>(quote_qualified_identifier(into->rel->schemaname, into->rel->relname)); }));
    }
    if (!judge::cannot_run_here(command->judgement.outside_transaction, top_level)) pass_gate(*command, ask_others);
    if (!command->changes_guard) require_recorder(*command);
    return command;
}

// The relation that EXPLAIN ANALYZE left behind, found by its name.
void record_explained(const std::string &name, const std::string &tag)
{
    const char *const text = name.c_str();
    const Oid relation = pg::call([text] {
        return RangeVarGetRelid(makeRangeVarFromNameList(textToQualifiedNameList(cstring_to_text(text))), NoLock, true);
    });
    const core::Address address = address_of(RelationRelationId, relation);
    if (OidIsValid(relation)) ledger::record_utility(tag, "create", object_type_of(address), identity_of(address), address);
}

void record_all(const CurrentCommand &command)
{
    for (const auto &record : command.records) {
        if (record.before && record.before->contents == utility_state(record.before->object)) continue;
        core::Address address = record.address;
        if (!record.created_event_trigger.empty()) {
            const char *const name = record.created_event_trigger.c_str();
            address = address_of(EventTriggerRelationId, pg::call([name] { return get_event_trigger_oid(name, true); }));
        }
        ledger::record_utility(command.judgement.tag, record.operation, record.object_type, record.identity, address);
    }
    ledger::record_side_effects(command.judgement.tag, command.side_effects);
}

// After the files of a database are gone, failing the command would leave a
// database without files: the ledger goes without its row instead.
void record_if_possible(const CurrentCommand &command)
{
    const CurrentCommand *const finished = &command;
    auto record = [finished] {
        pg::guarded([finished] {
            pg::debug_point("record_irrevocable");
            record_mode({}, "SET");
            record_all(*finished);
        });
    };
    const ErrorData *const failed = pg::attempt(record, pg::Cancel::returned);
    if (failed == nullptr) return;
    const char *const tag = command.judgement.tag.c_str();
    pg::call([failed, tag] {
        const auto report = [failed, tag](int level) {
            ereport(level, (errcode(failed->sqlerrcode), errmsg_internal("%s is not in the ledger of langchef_guard", tag),
                            errdetail_internal("The command was carried out.  Recording it failed: %s", failed->message)));
        };
        // Each report looks for a cancel request, too.
        QueryCancelHoldoffCount = QueryCancelHoldoffCount + 1;
        report(WARNING_CLIENT_ONLY);
        report(LOG_SERVER_ONLY);
        QueryCancelHoldoffCount = QueryCancelHoldoffCount - 1;
    });
}

const char *tag_of(CmdType operation)
{
    switch (operation) {
        case CMD_INSERT: return "INSERT";
        case CMD_UPDATE: return "UPDATE";
        case CMD_DELETE: return "DELETE";
        case CMD_MERGE: return "MERGE";
        default: return "SELECT";  // WITH (INSERT ...) SELECT
    }
}

// The portal that runs knows its statements; without it, the whole string of the client is all there is.
std::string_view statement_of_event(const Node *tree)
{
    const std::string_view whole = debug_query_string != nullptr ? debug_query_string : "";
    if (ActivePortal == nullptr || ActivePortal->sourceText == nullptr) return whole;
    const PlannedStmt *found = nullptr;
    const ListCell *cell;
    foreach (cell, ActivePortal->stmts) {
        const auto *const statement = static_cast<const PlannedStmt *>(lfirst(cell));
        if (statement->utilityStmt == tree || list_length(ActivePortal->stmts) == 1) found = statement;
    }
    return found == nullptr ? whole : core::own_slice(ActivePortal->sourceText, found->stmt_location, found->stmt_len);
}

// The context a command's entry lives in: a top-level command may go through
// several transactions (CONCURRENTLY), its portal stays.
MemoryContext context_for(ProcessUtilityContext context)
{
    return context == PROCESS_UTILITY_TOPLEVEL && PortalContext != nullptr ? PortalContext : CurTransactionContext;
}

}  // namespace

bool watching()
{
    return !IsBinaryUpgrade && !IsParallelWorker() && !approval::in_worker() && !scratch::in_scratch() && IsUnderPostmaster && !RecoveryInProgress();
}

std::uint64_t before_utility(const PlannedStmt *statement, const char *query, ProcessUtilityContext context)
{
    Node *const tree = statement->utilityStmt;
    scratch::require_inside(tree);
    // A commit is the last occasion to record what SELECT set_config() did.
    const bool is_occasion = (concerns_schema(tree) && !needs_fresh_transaction(tree)) || is_commit(tree);
    if (settings::unrecorded_mode_change().has_value() && is_occasion) record_mode({}, "SET");
    if (context == PROCESS_UTILITY_SUBCOMMAND || !concerns_schema(tree) || !watching() || creating_extension) return 0;
    const std::string_view text = query != nullptr ? core::own_slice(query, statement->stmt_location, statement->stmt_len) : "";
    if (XactReadOnly && refused_when_reading(tree)) return 0;
    const bool top_level = context == PROCESS_UTILITY_TOPLEVEL;
    if (settings::mode() == settings::Mode::off) {
        tell_other_databases(tree, text, top_level);
        return 0;
    }
    OtherDatabases others(tree, text, top_level);
    others.ask(Asked::subjects);
    const auto ask_others = [&others] {
        others.ask(Asked::others);
        others.pass();
    };
    if (!guard::installation().has_value()) {
        ask_others();
        return 0;
    }
    auto command = judge_command(tree, text, top_level, others.decided(), ask_others);
    command->event_start_expected = true;
    return push_command(std::move(command), context_for(context));
}

void after_mode_change(const PlannedStmt *statement, const char *query)
{
    const std::string_view text = query != nullptr ? core::own_slice(query, statement->stmt_location, statement->stmt_len) : "";
    if (!IsA(statement->utilityStmt, TransactionStmt)) record_mode(text, is_reset(statement->utilityStmt) ? "RESET" : "SET");
}

void after_utility(std::uint64_t number, const PlannedStmt *statement)
{
    CurrentCommand *const command = find_command(number);
    if (command == nullptr) return;
    const WritableScope writable;
    require_foreseen_tables(statement->utilityStmt);
    if (!command->irrevocable) record_mode({}, "SET");
    if (guard::installation().has_value()) {
        if (command->cover.has_value()) approval::spend(*command->cover, command->judgement);
        if (command->irrevocable) {
            record_if_possible(*command);
        } else {
            record_all(*command);
        }
        if (command->explained.has_value()) record_explained(*command->explained, command->judgement.tag);
    }
    pop_command(number);
}

void before_event_command(Node *tree)
{
    if (!needs_fresh_transaction(tree)) record_mode({}, "SET");
    CurrentCommand *const known = current_command();
    if (known != nullptr && known->event_start_expected) {
        known->event_start_expected = false;
        return;
    }
    if (!concerns_schema(tree) || !watching() || creating_extension || XactReadOnly || settings::mode() == settings::Mode::off) return;
    if (!guard::installation().has_value()) return;
    auto command = judge_command(tree, statement_of_event(tree), true);
    if (command->cover.has_value()) {
        approval::spend(*command->cover, command->judgement);
        command->cover.reset();
    }
    // Nobody pops this entry: it goes with the portal of the statement.
    push_command(std::move(command), context_for(PROCESS_UTILITY_TOPLEVEL));
}

void record_own_writes(const QueryDesc *query)
{
    if (settings::mode() == settings::Mode::off || pg::SpiSession::any() || creating_extension || !watching()) return;
    if (!guard::installation().has_value()) return;
    const PlannedStmt *const plan = query->plannedstmt;
    std::vector<core::Address> written;
    const ListCell *cell;
    foreach (cell, plan->resultRelations) {
        const Oid relation = rt_fetch(lfirst_int(cell), plan->rtable)->relid;
        if (guard::is_own_relation(relation)) written.push_back(address_of(RelationRelationId, relation));
    }
    if (written.empty()) return;
    auto command = std::make_unique<CurrentCommand>();
    const std::string_view text = query->sourceText != nullptr ? query->sourceText : "";
    command->statement = core::redact(core::own_slice(text, plan->stmt_location, plan->stmt_len));
    const std::string tag = tag_of(query->operation);
    const std::uint64_t number = push_command(std::move(command), CurTransactionContext);
    for (const core::Address table : written) ledger::record_utility(tag, "other", object_type_of(table), identity_of(table), table);
    pop_command(number);
}

void before_execution(const QueryDesc *query)
{
    record_mode({}, "SET");
    if (!watching() || creating_extension || settings::mode() == settings::Mode::off || !guard::installation().has_value()) return;
    auto command = std::make_unique<CurrentCommand>();
    command->judgement = judge::judge_mass_change(query->plannedstmt);
    if (command->judgement.empty()) return;
    const PlannedStmt *const plan = query->plannedstmt;
    const std::string_view text = query->sourceText != nullptr ? query->sourceText : "";
    const std::string_view slice = core::own_slice(text, plan->stmt_location, plan->stmt_len);
    const bool has_text = !slice.empty();
    const std::string_view shown = has_text || debug_query_string == nullptr ? slice : debug_query_string;
    command->statement = core::redact(shown);
    command->judgement.statement = command->statement;
    bind_to_text(command->judgement, has_text ? std::string(slice) : text_of_plan(plan), query->params);
    pass_gate(*command);
    if (!command->cover.has_value()) return;
    approval::spend(*command->cover, command->judgement);
    // Rows are not schema, but what ran under an approval is on record.
    const core::Judgement approved = command->judgement;
    const std::uint64_t number = push_command(std::move(command), CurTransactionContext);
    for (const auto &effect : approved.effects) {
        ledger::record_utility(approved.tag, "other", effect.object_type, effect.identity, effect.object);
    }
    pop_command(number);
}

}  // namespace intercept
