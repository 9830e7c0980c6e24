#include "intercept/describe.hpp"
#include "intercept/measure.hpp"
#include "intercept/resolve.hpp"
#include "judge/alter_table.hpp"
#include "ledger/record.hpp"

namespace judge {
namespace {

using intercept::address_of;

bool column_is(Oid relation, AttrNumber column, bool applies(Form_pg_attribute))
{
    return pg::call([relation, column, applies] {
        const HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relation), Int16GetDatum(column));
        if (!HeapTupleIsValid(tuple)) return false;
        const bool result = applies(reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple)));
        ReleaseSysCache(tuple);
        return result;
    });
}

// A change of the column in the table and, when with_children, in its children:
// a new parent may have old ones.
void change_column(const Target &target, const AlterTableCmd *command, std::string_view rule, std::string_view verb, bool with_children,
                   bool applies(Form_pg_attribute), Effects &effects)
{
    const AttrNumber column = intercept::resolve_column(target.relation, command->name);
    if (column <= 0) return;
    for (const Oid member : intercept::members_of(target.relation, with_children)) {
        const AttrNumber own = intercept::column_in(target.relation, member, column);
        const core::Address address = address_of(RelationRelationId, member, own);
        if (own <= 0 || !column_is(member, own, applies) || is_exempt(address)) continue;
        core::Effect effect = intercept::effect_on(rule, verb, address);
        if (member == target.relation) effect.detail = children_text(member, with_children);
        effects.push_back(std::move(effect));
        // What children inherit goes without saying.
        if (member == target.relation) return;
    }
}

void change_table(const Target &target, std::string_view rule, const std::string &verb, Effects &effects)
{
    if (!is_exempt(target.address)) add_table_effect(target, rule, verb, verb, effects);
}

struct RowSecurity {
    bool enabled;
    bool forced;
};

RowSecurity row_security(Oid relation)
{
    return pg::call([relation] {
        const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
        if (!HeapTupleIsValid(tuple)) return RowSecurity{};
        const auto *const row = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
        const RowSecurity found{row->relrowsecurity, row->relforcerowsecurity};
        ReleaseSysCache(tuple);
        return found;
    });
}

// Rows of the child leave the parent: DETACH PARTITION, NO INHERIT.
void part_from(Oid child, Oid parent, bool partition, bool concurrently, Effects &effects)
{
    if (!OidIsValid(child) || !OidIsValid(parent) || !intercept::is_child_of(child, parent)) return;
    const core::Address address = address_of(RelationRelationId, child);
    // What this transaction joined it may part again.
    if (is_exempt_with_children(child, 0, true) || ledger::joined_in_this_transaction(child, parent)) return;
    core::Effect effect = intercept::effect_on("D24", "detaching", address);
    effect.parent = address_of(RelationRelationId, parent);
    const std::string parent_name = intercept::name_in_message(effect.parent);
    effect.phrase = (partition ? "detaching partition " + core::in_quotes(effect.identity) + " from " :
                                 "ending the inheritance of " + intercept::name_in_message(address) + " from ") +
                    parent_name;
    const intercept::Count rows = intercept::count_rows(child);
    effect.rows = rows.rows;
    effect.loss = rows.text("row");
    if (!effect.loss.empty()) effect.loss += " would leave " + parent_name;
    // The command locks the child itself, but not what is below it.
    effect.seems_empty = rows.none() && !concurrently && intercept::members_of(child, true).size() == 1;
    effect.detail = "from " + std::to_string(parent);
    effects.push_back(std::move(effect));
}

bool persistence_is(Oid relation, char persistence)
{
    return pg::call([relation, persistence] { return get_rel_persistence(relation) == persistence; });
}

// Tables made of a composite type follow it, with CASCADE.
void change_type(const Target &target, const AlterTableCmd *command, Effects &effects)
{
    const auto *const definition = reinterpret_cast<const ColumnDef *>(command->def);
    const AttrNumber column = intercept::resolve_column(target.relation, command->name);
    if (column <= 0) return;
    if (!is_exempt_with_children(target.relation, column, target.with_children)) {
        judge_column_type(target.relation, column, definition, effects);
    }
    if (target.kind != RELKIND_COMPOSITE_TYPE || command->behavior != DROP_CASCADE) return;
    for (const Oid table : intercept::typed_tables(target.relation)) {
        const AttrNumber own = intercept::column_in(target.relation, table, column);
        if (own <= 0 || is_exempt_with_children(table, own, true)) continue;
        const std::size_t before = effects.size();
        judge_column_type(table, own, definition, effects);
        for (std::size_t i = before; i < effects.size(); ++i) effects[i].collateral = true;
    }
}

void judge_command(const Target &target, const AlterTableCmd *command, Effects &effects)
{
    switch (command->subtype) {
        case AT_AlterColumnType: return change_type(target, command, effects);
        case AT_DropConstraint: return judge_drop_constraint(target, command, effects);
        case AT_DropIdentity:
            // A partition has no identity of its own to lose.
            return change_column(target, command, "D23", "dropping identity of", false,
                                 [](Form_pg_attribute a) { return a->attidentity != '\0'; }, effects);
        case AT_DropExpression:
            return change_column(target, command, "D23", "dropping the generation expression of", target.with_children,
                                 [](Form_pg_attribute a) { return a->attgenerated != '\0'; }, effects);
        case AT_DisableTrig:
        case AT_EnableReplicaTrig:
        case AT_DisableTrigAll:
        case AT_DisableTrigUser: return judge_disable_trigger(target, command, effects);
        case AT_DisableRule:
        case AT_EnableReplicaRule: return judge_disable_rule(target, command, effects);
        case AT_DisableRowSecurity:
            if (row_security(target.relation).enabled) change_table(target, "D20", "disabling row security of", effects);
            return;
        case AT_NoForceRowSecurity:
            if (row_security(target.relation).forced) change_table(target, "D20", "no longer forcing row security of", effects);
            return;
        case AT_SetUnLogged:
            if (persistence_is(target.relation, RELPERSISTENCE_PERMANENT) && !is_exempt(target.address)) {
                change_table(target, "D25", "setting unlogged", effects);
                effects.back().phrase = "setting " + intercept::name_in_message(target.address) + " unlogged";
            }
            return;
        case AT_DetachPartition: {
            const auto *const partition = reinterpret_cast<const PartitionCmd *>(command->def);
            return part_from(intercept::resolve_relation(partition->name), target.relation, true, partition->concurrent, effects);
        }
        case AT_DropInherit:
            return part_from(target.relation, intercept::resolve_relation(reinterpret_cast<const RangeVar *>(command->def)), false, false,
                             effects);
        case AT_SetRelOptions:
        case AT_ResetRelOptions:
            if (target.kind == RELKIND_VIEW) judge_view_options(target.relation, command, effects);
            return;
        default: break;
    }
    if (pg::compat::sets_expression(command)) {
        change_column(target, command, "R01", "changing the generation expression of", target.with_children,
                      [](Form_pg_attribute a) { return a->attgenerated == ATTRIBUTE_GENERATED_STORED; }, effects);
    } else if (const char *const constraint = pg::compat::unenforced_constraint(command)) {
        judge_unenforce(target, constraint, effects);
    }
}

}  // namespace

void add_table_effect(const Target &target, std::string_view rule, const std::string &verb, const std::string &detail, Effects &effects)
{
    core::Effect effect = intercept::effect_on(rule, verb, target.address);
    effect.detail = detail;
    effects.push_back(std::move(effect));
}

void judge_alter_table(const AlterTableStmt *statement, Effects &effects)
{
    const Oid relation = intercept::resolve_relation(statement->relation);
    if (!OidIsValid(relation)) return;
    require_ownership(address_of(RelationRelationId, relation));
    const Target target{statement, relation, pg::call([relation] { return get_rel_relkind(relation); }),
                        address_of(RelationRelationId, relation), statement->relation->inh};
    const auto columns = find_dropped_columns(target);
    const ListCell *cell;
    foreach (cell, statement->cmds) {
        const auto *const command = static_cast<const AlterTableCmd *>(lfirst(cell));
        for (const auto &column : columns) {
            if (column.command == command) judge_dropped_column(target, column, effects);
        }
        judge_command(target, command, effects);
    }
}

std::vector<core::Address> locks_of_alter_table(const AlterTableStmt *statement)
{
    std::vector<core::Address> locks;
    const Oid relation = intercept::resolve_relation(statement->relation);
    if (!OidIsValid(relation)) return locks;
    locks.push_back(address_of(RelationRelationId, relation));
    bool with_members = false;
    const ListCell *cell;
    foreach (cell, statement->cmds) {
        const auto *const command = static_cast<const AlterTableCmd *>(lfirst(cell));
        if (command->subtype == AT_DropColumn && !with_members) {
            with_members = true;
            for (const Oid member : intercept::members_of(relation, statement->relation->inh)) {
                locks.push_back(address_of(RelationRelationId, member));
            }
        } else if (command->subtype == AT_DetachPartition) {
            const Oid partition = intercept::resolve_relation(reinterpret_cast<const PartitionCmd *>(command->def)->name);
            const Oid others = pg::call([relation] { return get_default_partition_oid(relation); });
            if (OidIsValid(others)) locks.push_back(address_of(RelationRelationId, others));
            if (OidIsValid(partition)) locks.push_back(address_of(RelationRelationId, partition));
        }
    }
    return locks;
}

// DISABLE, and ENABLE where the trigger fires in fewer sessions afterwards.
void judge_alter_event_trigger(const AlterEventTrigStmt *statement, Effects &effects)
{
    struct Found {
        Oid trigger;
        char enabled;
    };
    const auto found = pg::call([statement] {
        Found result{get_event_trigger_oid(statement->trigname, true), '\0'};
        const HeapTuple tuple = SearchSysCache1(EVENTTRIGGEROID, ObjectIdGetDatum(result.trigger));
        if (!HeapTupleIsValid(tuple)) return result;
        result.enabled = reinterpret_cast<Form_pg_event_trigger>(GETSTRUCT(tuple))->evtenabled;
        ReleaseSysCache(tuple);
        return result;
    });
    const bool fires_as_often = statement->tgenabled == found.enabled || statement->tgenabled == TRIGGER_FIRES_ALWAYS ||
                                found.enabled == TRIGGER_DISABLED || found.enabled == '\0';
    if (fires_as_often) return;
    const core::Address address = address_of(EventTriggerRelationId, found.trigger);
    require_ownership(address);
    core::Effect effect = intercept::effect_on("D19", "disabling", address);
    effect.detail = statement->tgenabled;
    effects.push_back(std::move(effect));
}

void judge_alter_domain(const AlterDomainStmt *statement, Effects &effects)
{
    constexpr char drop_constraint_subtype = 'X';
    if (statement->subtype != drop_constraint_subtype || statement->name == nullptr) return;
    const Oid constraint = pg::call([statement] {
        const Oid domain = LookupTypeNameOid(nullptr, makeTypeNameFromNameList(statement->typeName), true);
        return OidIsValid(domain) ? get_domain_constraint_oid(domain, statement->name, true) : InvalidOid;
    });
    if (!OidIsValid(constraint)) return;
    const core::Address address = address_of(ConstraintRelationId, constraint);
    if (!is_exempt(address)) effects.push_back(intercept::effect_on("D15", "dropping", address));
}

}  // namespace judge
