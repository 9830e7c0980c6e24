#include "intercept/describe.hpp"
#include "intercept/measure.hpp"
#include "intercept/resolve.hpp"
#include "judge/judge.hpp"

namespace judge {
namespace {

using intercept::address_of;

// What one ALTER TABLE works on.
struct Target {
    const AlterTableStmt *statement;
    Oid relation;
    char kind;
    core::Address address;
    bool with_children;
};

// Columns of an index or constraint, to tell a single-column one from a wider one.
int key_columns(core::Address part)
{
    return pg::call([part] {
        int columns = 0;
        if (part.classid == ConstraintRelationId) {
            const HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(part.objid));
            if (!HeapTupleIsValid(tuple)) return 0;
            // From 18 on a column's NOT NULL is a constraint of its own; it says nothing about others.
            bool null = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->contype == 'n';
            const Datum keys = null ? 0 : SysCacheGetAttr(CONSTROID, tuple, Anum_pg_constraint_conkey, &null);
            if (!null) columns = ArrayGetNItems(ARR_NDIM(DatumGetArrayTypeP(keys)), ARR_DIMS(DatumGetArrayTypeP(keys)));
            ReleaseSysCache(tuple);
        } else if (part.classid == RelationRelationId) {
            const HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(part.objid));
            if (!HeapTupleIsValid(tuple)) return 0;
            columns = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple))->indnatts;
            ReleaseSysCache(tuple);
        }
        return columns;
    });
}

bool is_index_of_constraint(core::Address part)
{
    return part.classid == RelationRelationId &&
           OidIsValid(pg::call([part] { return get_index_constraint(part.objid); }));
}

void drop_column(const Target &target, const AlterTableCmd *command, Effects &effects)
{
    const AttrNumber column = intercept::resolve_column(target.relation, command->name);
    if (column <= 0) return;
    const core::Address address = address_of(RelationRelationId, target.relation, column);

    std::vector<core::Effect> wider;
    std::string losses;
    for (const auto &part : add_collateral({address}, command->behavior == DROP_CASCADE, "D02", effects)) {
        const bool named_part = part.objsubid == 0 && (part.classid == RelationRelationId || part.classid == ConstraintRelationId);
        if (!named_part || is_index_of_constraint(part)) continue;
        core::Effect effect = intercept::effect_on("D04", "dropping", part);
        if (effect.identity.empty() || key_columns(part) == 0) continue;
        effect.collateral = true;
        if (key_columns(part) > 1) {
            wider.push_back(std::move(effect));
        } else {
            losses += "; " + intercept::name_in_message(part) + " would be dropped with it";
        }
    }

    if (is_exempt_with_children(target.relation, column, target.with_children)) return;
    const bool stores_values = target.kind == RELKIND_RELATION || target.kind == RELKIND_PARTITIONED_TABLE;
    const intercept::Count values =
        stores_values ? intercept::count_values(target.relation, column, target.with_children, intercept::Proof::exclusive)
                      : intercept::Count{};
    // A column without a single value loses nothing, but what spans other columns does.
    if (!(values.exact && values.rows == 0)) {
        core::Effect effect = intercept::effect_on("D03", "dropping", address);
        effect.rows = values.rows;
        effect.loss = values.text("non-null value");
        if (!effect.loss.empty()) effect.loss += " would be lost";
        effect.loss += effect.loss.empty() && losses.size() > 2 ? losses.substr(2) : losses;
        effect.detail = children_text(target.relation, target.with_children);
        effects.push_back(std::move(effect));
    }
    for (auto &effect : wider) effects.push_back(std::move(effect));
}

// PRIMARY KEY USING INDEX in the same statement replaces the key that is dropped.
bool adds_primary_key(const AlterTableStmt *statement)
{
    const ListCell *cell;
    foreach (cell, statement->cmds) {
        const auto *const command = static_cast<const AlterTableCmd *>(lfirst(cell));
        if (command->subtype != AT_AddConstraint || command->def == nullptr || !IsA(command->def, Constraint)) continue;
        const auto *const constraint = reinterpret_cast<const Constraint *>(command->def);
        if (constraint->contype == CONSTR_PRIMARY && constraint->indexname != nullptr) return true;
    }
    return false;
}

void drop_constraint(const Target &target, const AlterTableCmd *command, Effects &effects)
{
    struct Found {
        Oid oid;
        char type;
    };
    const Oid relation = target.relation;
    const auto found = pg::call([relation, command] {
        Found constraint{get_relation_constraint_oid(relation, command->name, true), '\0'};
        const HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint.oid));
        if (!HeapTupleIsValid(tuple)) return Found{InvalidOid, '\0'};
        constraint.type = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->contype;
        ReleaseSysCache(tuple);
        return constraint;
    });
    constexpr char not_null = 'n';
    if (!OidIsValid(found.oid) || found.type == not_null) return;
    const bool primary = found.type == CONSTRAINT_PRIMARY;
    const core::Address address = address_of(ConstraintRelationId, found.oid);
    const std::string_view rule = primary ? "D16" : "D15";
    add_collateral({address}, command->behavior == DROP_CASCADE, rule, effects);
    const bool replaced = primary && adds_primary_key(target.statement);
    if (!replaced && !is_exempt(target.address) && !is_exempt(address)) effects.push_back(intercept::effect_on(rule, "dropping", address));
}

void change_column(const Target &target, const AlterTableCmd *command, std::string_view rule, std::string_view verb, bool applies(Form_pg_attribute),
                   Effects &effects)
{
    const AttrNumber column = intercept::resolve_column(target.relation, command->name);
    if (column <= 0) return;
    const Oid relation = target.relation;
    const bool concerned = pg::call([relation, column, applies] {
        const HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(relation), Int16GetDatum(column));
        if (!HeapTupleIsValid(tuple)) return false;
        const bool result = applies(reinterpret_cast<Form_pg_attribute>(GETSTRUCT(tuple)));
        ReleaseSysCache(tuple);
        return result;
    });
    const core::Address address = address_of(RelationRelationId, relation, column);
    if (concerned && !is_exempt(address)) effects.push_back(intercept::effect_on(rule, verb, address));
}

void change_table(const Target &target, std::string_view rule, const std::string &verb, std::string_view name, Effects &effects)
{
    if (is_exempt(target.address)) return;
    core::Effect effect = intercept::effect_on(rule, verb, target.address);
    effect.detail = std::string(verb) + ' ' + std::string(name);
    effects.push_back(std::move(effect));
}

// DISABLE TRIGGER / RULE name, ALL or USER.
void disable(const Target &target, const AlterTableCmd *command, std::string_view what, Effects &effects)
{
    const std::string name = command->name != nullptr ? command->name : "";
    const std::string verb = "disabling " + std::string(what) + (name.empty() ? "" : " \"" + name + '"') + " of";
    change_table(target, "D19", verb, name, effects);
}

bool is_child_of(Oid child, Oid parent)
{
    return pg::call([=] { return list_member_oid(find_inheritance_children(parent, NoLock), child); });
}

// Rows of the child leave the parent: DETACH PARTITION, NO INHERIT.
void part_from(Oid child, Oid parent, bool partition, Effects &effects)
{
    if (!OidIsValid(child) || !OidIsValid(parent) || !is_child_of(child, parent)) return;
    const core::Address address = address_of(RelationRelationId, child);
    if (is_exempt_with_children(child, 0, true)) return;
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
    effect.detail = "from " + std::to_string(parent);
    effects.push_back(std::move(effect));
}

bool persistence_is(Oid relation, char persistence)
{
    return pg::call([relation, persistence] { return get_rel_persistence(relation) == persistence; });
}

void judge_command(const Target &target, const AlterTableCmd *command, Effects &effects)
{
    switch (command->subtype) {
        case AT_DropColumn: return drop_column(target, command, effects);
        case AT_AlterColumnType: {
            const AttrNumber column = intercept::resolve_column(target.relation, command->name);
            if (column > 0 && !is_exempt_with_children(target.relation, column, target.with_children)) {
                judge_column_type(target.relation, column, reinterpret_cast<const ColumnDef *>(command->def), effects);
            }
            return;
        }
        case AT_DropConstraint: return drop_constraint(target, command, effects);
        case AT_DropIdentity:
            return change_column(target, command, "D23", "dropping identity of", [](Form_pg_attribute a) { return a->attidentity != '\0'; },
                                 effects);
        case AT_DropExpression:
            return change_column(target, command, "D23", "dropping the generation expression of",
                                 [](Form_pg_attribute a) { return a->attgenerated != '\0'; }, effects);
        case AT_DisableTrig:
        case AT_EnableReplicaTrig: return disable(target, command, "trigger", effects);
        case AT_DisableTrigAll: return disable(target, command, "all triggers", effects);
        case AT_DisableTrigUser: return disable(target, command, "user triggers", effects);
        case AT_DisableRule:
        case AT_EnableReplicaRule: return disable(target, command, "rule", effects);
        case AT_DisableRowSecurity: return change_table(target, "D20", "disabling row security of", "", effects);
        case AT_NoForceRowSecurity: return change_table(target, "D20", "no longer forcing row security of", "", effects);
        case AT_SetUnLogged:
            if (persistence_is(target.relation, RELPERSISTENCE_PERMANENT)) {
                change_table(target, "D25", "setting unlogged", "", effects);
                if (!effects.empty()) effects.back().phrase = "setting " + intercept::name_in_message(target.address) + " unlogged";
            }
            return;
        case AT_DetachPartition:
            return part_from(intercept::resolve_relation(reinterpret_cast<const PartitionCmd *>(command->def)->name), target.relation, true,
                             effects);
        case AT_DropInherit:
            return part_from(target.relation, intercept::resolve_relation(reinterpret_cast<const RangeVar *>(command->def)), false, effects);
        case AT_SetRelOptions:
        case AT_ResetRelOptions:
            if (target.kind == RELKIND_VIEW) judge_view_options(target.relation, command, effects);
            return;
        default: break;
    }
    if (pg::compat::sets_expression(command)) {
        change_column(target, command, "R01", "changing the generation expression of", [](Form_pg_attribute a) { return a->attgenerated == ATTRIBUTE_GENERATED_STORED; },
                      effects);
    } else if (const char *const constraint = pg::compat::unenforced_constraint(command)) {
        change_table(target, "D15", std::string("no longer enforcing constraint \"") + constraint + "\" of", constraint, effects);
    }
}

}  // namespace

void judge_alter_table(const AlterTableStmt *statement, Effects &effects)
{
    const Oid relation = intercept::resolve_relation(statement->relation);
    if (!OidIsValid(relation)) return;
    require_ownership(address_of(RelationRelationId, relation));
    const Target target{statement, relation, pg::call([relation] { return get_rel_relkind(relation); }),
                        address_of(RelationRelationId, relation), statement->relation->inh};
    const ListCell *cell;
    foreach (cell, statement->cmds) judge_command(target, static_cast<const AlterTableCmd *>(lfirst(cell)), effects);
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
