#include "intercept/watch.hpp"

#include "approval/worker.hpp"
#include "core/redact.hpp"
#include "guard/installation.hpp"
#include "intercept/describe.hpp"
#include "intercept/gate.hpp"
#include "intercept/utility_record.hpp"
#include "judge/judge.hpp"
#include "judge/mass_change.hpp"
#include "ledger/record.hpp"
#include "pg/crypto.hpp"
#include "settings.hpp"

namespace intercept {
namespace {

// Utility commands that define nothing and destroy nothing.
bool concerns_schema(const Node *tree)
{
    switch (nodeTag(tree)) {
        case T_TransactionStmt:
        case T_PlannedStmt:
        case T_DeclareCursorStmt:
        case T_ClosePortalStmt:
        case T_FetchStmt:
        case T_CopyStmt:
        case T_PrepareStmt:
        case T_ExecuteStmt:
        case T_DeallocateStmt:
        case T_CallStmt:
        case T_DoStmt:
        case T_ClusterStmt:
        case T_VacuumStmt:
        case T_ReindexStmt:
        case T_VariableShowStmt:
        case T_DiscardStmt:
        case T_ConstraintsSetStmt:
        case T_CheckPointStmt:
        case T_LoadStmt:
        case T_LockStmt:
        case T_NotifyStmt:
        case T_ListenStmt:
        case T_UnlistenStmt: return false;
        case T_ExplainStmt: return created_by_explain(const_cast<Node *>(tree)) != nullptr;
        case T_VariableSetStmt: {
            const char *const name = reinterpret_cast<const VariableSetStmt *>(tree)->name;
            return name != nullptr && pg_strcasecmp(name, "langchef_guard.mode") == 0;
        }
        default: return true;
    }
}

// The server itself will refuse such a command: no approval is asked for, and
// above all none is spent.
bool cannot_run_here(const core::Judgement &judgement, bool top_level)
{
    return judgement.outside_transaction && pg::call([top_level] { return IsInTransactionBlock(top_level); });
}

// Where the new body or the assigned values are what matters, the text of the
// command is part of what is approved.
void bind_to_text(core::Judgement &judgement)
{
    std::string digest;
    for (auto &effect : judgement.effects) {
        if (effect.rule != "D26" && effect.rule != "D20" && effect.rule != "D09") continue;
        if (digest.empty()) digest = pg::hex(pg::sha256(judgement.statement));
        effect.detail += ' ' + digest;
    }
}

std::unique_ptr<CurrentCommand> judge_command(Node *tree, std::string_view statement, bool top_level)
{
    auto command = std::make_unique<CurrentCommand>();
    command->statement = core::redact(statement);
    command->judgement = judge::judge(tree);
    command->judgement.statement = command->statement;
    bind_to_text(command->judgement);
    command->records = utility_records(tree);
    if (const IntoClause *const into = created_by_explain(tree)) {
        command->explained =
            pg::text_of(pg::call([into] { return static_cast<const char *>(quote_qualified_identifier(into->rel->schemaname, into->rel->relname)); }));
    }
    if (!cannot_run_here(command->judgement, top_level)) pass_gate(*command);
    return command;
}

// A change of mode is on record before it takes effect: off would not record it.
void record_mode_change(const VariableSetStmt *setting, std::string_view statement)
{
    auto command = std::make_unique<CurrentCommand>();
    command->statement = core::redact(statement);
    const std::uint64_t number = push_command(std::move(command), CurTransactionContext);
    ledger::record_utility(setting->kind == VAR_RESET ? "RESET" : "SET", "other", "setting", "langchef_guard.mode", {});
    pop_command(number);
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

// The context a command's entry lives in: a top-level command may go through
// several transactions (CONCURRENTLY), its portal stays.
MemoryContext context_for(ProcessUtilityContext context)
{
    return context == PROCESS_UTILITY_TOPLEVEL && PortalContext != nullptr ? PortalContext : CurTransactionContext;
}

}  // namespace

bool watching()
{
    return !IsBinaryUpgrade && !IsParallelWorker() && !approval::in_worker() && IsUnderPostmaster && !RecoveryInProgress();
}

std::uint64_t before_utility(const PlannedStmt *statement, const char *query, ProcessUtilityContext context)
{
    Node *const tree = statement->utilityStmt;
    if (context == PROCESS_UTILITY_SUBCOMMAND || !concerns_schema(tree) || !watching() || creating_extension) return 0;
    const std::string_view text = query != nullptr ? core::own_slice(query, statement->stmt_location, statement->stmt_len) : "";
    if (IsA(tree, VariableSetStmt)) {
        if (guard::installation().has_value()) record_mode_change(reinterpret_cast<VariableSetStmt *>(tree), text);
        return 0;
    }
    if (settings::mode() == settings::Mode::off || !guard::installation().has_value()) return 0;
    auto command = judge_command(tree, text, context == PROCESS_UTILITY_TOPLEVEL);
    command->event_start_expected = true;
    return push_command(std::move(command), context_for(context));
}

void after_utility(std::uint64_t number)
{
    CurrentCommand *const command = find_command(number);
    if (command == nullptr) return;
    if (guard::installation().has_value()) {
        if (command->cover.has_value()) approval::spend(*command->cover, command->judgement);
        const std::string tag = command->judgement.tag;
        for (const auto &record : command->records) {
            ledger::record_utility(tag, record.operation, record.object_type, record.identity, record.address);
        }
        if (command->explained.has_value()) record_explained(*command->explained, tag);
    }
    pop_command(number);
}

void before_event_command(Node *tree)
{
    CurrentCommand *const known = current_command();
    if (known != nullptr && known->event_start_expected) {
        known->event_start_expected = false;
        return;
    }
    if (!concerns_schema(tree) || !watching() || creating_extension || settings::mode() == settings::Mode::off) return;
    if (!guard::installation().has_value()) return;
    auto command = judge_command(tree, debug_query_string != nullptr ? debug_query_string : "", true);
    if (command->cover.has_value()) {
        approval::spend(*command->cover, command->judgement);
        command->cover.reset();
    }
    // Nobody pops this entry: it goes with the portal of the statement.
    push_command(std::move(command), context_for(PROCESS_UTILITY_TOPLEVEL));
}

void before_execution(const QueryDesc *query)
{
    if (!watching() || creating_extension || settings::mode() == settings::Mode::off || !guard::installation().has_value()) return;
    auto command = std::make_unique<CurrentCommand>();
    command->judgement = judge::judge_mass_change(query->plannedstmt);
    if (command->judgement.empty()) return;
    const PlannedStmt *const plan = query->plannedstmt;
    const std::string_view text = query->sourceText != nullptr ? query->sourceText : "";
    command->statement = core::redact(core::own_slice(text, plan->stmt_location, plan->stmt_len));
    command->judgement.statement = command->statement;
    bind_to_text(command->judgement);
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
