#include "intercept/object_access.hpp"

#include "approval/approval.hpp"
#include "catalog/reader.hpp"
#include "core/redact.hpp"
#include "guard/installation.hpp"
#include "guard/own_objects.hpp"
#include "intercept/describe.hpp"
#include "intercept/gate.hpp"
#include "intercept/measure.hpp"
#include "intercept/mode_record.hpp"
#include "intercept/watch.hpp"
#include "judge/judge.hpp"
#include "ledger/record.hpp"
#include "settings.hpp"

namespace intercept {
namespace {

// Scripts of extensions are judged as the command that runs them.
bool concerns_us()
{
    return settings::mode() != settings::Mode::off && !creating_extension && watching() && guard::installation().has_value();
}

// The call that leads here, as the ledger and the proposals name it.
std::string tag_of_call()
{
    const bool known = ActivePortal != nullptr && ActivePortal->commandTag != CMDTAG_UNKNOWN;
    const CommandTag tag = known ? ActivePortal->commandTag : CMDTAG_SELECT;
    return pg::text_of(pg::call([tag] { return GetCommandTagName(tag); }));
}

std::string statement_of_call() { return core::redact(debug_query_string != nullptr ? debug_query_string : ""); }

std::unique_ptr<CurrentCommand> call_with(core::Effect &&effect)
{
    auto command = std::make_unique<CurrentCommand>();
    command->judgement.tag = tag_of_call();
    command->statement = statement_of_call();
    command->judgement.statement = command->statement;
    command->judgement.effects.push_back(std::move(effect));
    return command;
}

// Lets the call pass, with its row in the ledger and its approval spent, or raises.
void judge_call(core::Effect &&effect, const std::string &operation)
{
    const core::Address object = effect.object;
    const std::string type = effect.object_type;
    const std::string identity = effect.identity;
    auto command = call_with(std::move(effect));
    pass_gate(*command);
    if (command->cover.has_value()) approval::spend(*command->cover, command->judgement);
    const std::string tag = command->judgement.tag;
    const std::uint64_t number = push_command(std::move(command), CurTransactionContext);
    ledger::record_utility(tag, operation, type, identity, object);
    pop_command(number);
}

void protect(std::string_view verb, core::Address address)
{
    const CurrentCommand *const command = current_command();
    // Moving everything to another tablespace moves the guard's tables, too.
    if (command != nullptr && (command->changes_guard || command->statement_kind == T_AlterTableMoveAllStmt)) return;
    if (!guard::is_own(address)) return;
    refuse_tampering(call_with(judge::own_effect(verb, address))->judgement);
}

// Commands that only run queries do not answer for what those call.
bool answers_for_drops(const CurrentCommand *command)
{
    if (command == nullptr) return false;
    switch (command->statement_kind) {
        case T_CreateTableAsStmt:
        case T_RefreshMatViewStmt:
        case T_ExplainStmt:
        case T_CopyStmt: return false;
        default: return true;
    }
}

// Indexes, row types, constraints and the like go with what they are parts of, which is judged.
bool is_part(core::Address address)
{
    if (address.objsubid != 0) return false;
    if (catalog::containing_object(address) != address) return true;
    if (address.classid == RelationRelationId) {
        const char kind = pg::call([address] { return get_rel_relkind(address.objid); });
        return kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX || kind == RELKIND_TOASTVALUE;
    }
    return address.classid == TypeRelationId && pg::call([address] { return OidIsValid(get_typ_typrelid(address.objid)) || OidIsValid(get_element_type(address.objid)); });
}

std::string_view rule_for_drop(core::Address address)
{
    if (address.classid == LargeObjectRelationId) return "D29";
    if (address.classid != RelationRelationId) return "D27";
    return address.objsubid != 0 ? "D03" : "D01";
}

}  // namespace

void before_drop(core::Address address)
{
    if (current_command() == nullptr) record_mode({}, "SET");
    if (!concerns_us()) return;
    protect("dropping", address);
    const CurrentCommand *const command = current_command();
    // No command but DROP OWNED drops large objects; ALTER TABLE may call what does.
    const bool judged = address.classid == LargeObjectRelationId ? command != nullptr && command->statement_kind == T_DropOwnedStmt
                                                                 : answers_for_drops(command);
    if (judged || is_part(address) || judge::is_exempt(address)) return;
    core::Effect effect = effect_on(rule_for_drop(address), "dropping", address);
    if (!effect.identity.empty()) judge_call(std::move(effect), "drop");
}

void before_truncate(Oid relation)
{
    if (current_command() == nullptr) record_mode({}, "SET");
    if (!concerns_us()) return;
    const core::Address address = address_of(RelationRelationId, relation);
    protect("truncating", address);
    const CurrentCommand *const command = current_command();
    if ((command != nullptr && command->statement_kind == T_TruncateStmt) || judge::is_exempt(address)) return;
    core::Effect effect = effect_on("D07", "truncating", address);
    const Count rows = count_rows(relation, false);
    effect.rows = rows.rows;
    effect.loss = rows.text("row");
    if (!effect.loss.empty()) effect.loss += " would be lost";
    judge_call(std::move(effect), "truncate");
}

void after_alter(core::Address address)
{
    if (concerns_us()) protect("altering", address);
}

}  // namespace intercept
