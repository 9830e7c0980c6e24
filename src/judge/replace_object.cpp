#include "intercept/describe.hpp"
#include "intercept/resolve.hpp"
#include "judge/judge.hpp"
#include "judge/sameness.hpp"

namespace judge {
namespace {

// Whether replacing the view would change how rows are protected: options
// that are not repeated are lost.
struct ViewOptions {
    bool barrier;
    bool invoker;
    char check;  // 'n', 'l' or 'c'

    bool operator==(const ViewOptions &) const = default;
};

// Options of relations may be spelled in more ways than those of commands: yes, t, of...
bool is_on(DefElem *option)
{
    bool on = false;
    if (option->arg == nullptr) return true;
    // What is no boolean the command itself complains about.
    return parse_bool(defGetString(option), &on) && on;
}

ViewOptions existing_options(Oid view)
{
    ViewOptions options{false, false, 'n'};
    const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(view));
    if (!HeapTupleIsValid(tuple)) return options;
    bool null = false;
    const Datum stored = SysCacheGetAttr(RELOID, tuple, Anum_pg_class_reloptions, &null);
    const ListCell *cell;
    foreach (cell, null ? NIL : untransformRelOptions(stored)) {
        auto *const option = static_cast<DefElem *>(lfirst(cell));
        if (std::strcmp(option->defname, "security_barrier") == 0) options.barrier = is_on(option);
        if (std::strcmp(option->defname, "security_invoker") == 0) options.invoker = is_on(option);
        if (std::strcmp(option->defname, "check_option") == 0) options.check = defGetString(option)[0];
    }
    ReleaseSysCache(tuple);
    return options;
}

ViewOptions new_options(const ViewStmt *statement)
{
    ViewOptions options{false, false, 'n'};
    if (statement->withCheckOption == LOCAL_CHECK_OPTION) options.check = 'l';
    if (statement->withCheckOption == CASCADED_CHECK_OPTION) options.check = 'c';
    const ListCell *cell;
    foreach (cell, statement->options) {
        auto *const option = static_cast<DefElem *>(lfirst(cell));
        if (pg_strcasecmp(option->defname, "security_barrier") == 0) options.barrier = is_on(option);
        if (pg_strcasecmp(option->defname, "security_invoker") == 0) options.invoker = is_on(option);
        if (pg_strcasecmp(option->defname, "check_option") == 0) options.check = defGetString(option)[0];
    }
    return options;
}

// Where the two could not be compared, nothing is claimed.
std::string would_change(std::string_view what, Sameness sameness)
{
    return std::string(what) + (sameness == Sameness::differs ? " would change" : " may change");
}

void add_replaced(core::Address address, std::string loss, std::string detail, Effects &effects)
{
    if (is_exempt(address)) return;
    // To replace a trigger the TRIGGER privilege is enough.
    if (address.classid != TriggerRelationId) require_ownership(address);
    core::Effect effect = intercept::effect_on("D26", "replacing", address);
    effect.loss = std::move(loss);
    effect.detail = std::move(detail);
    effects.push_back(std::move(effect));
}

}  // namespace

void judge_view(const ViewStmt *statement, Effects &effects)
{
    if (!statement->replace) return;
    const Oid view = intercept::resolve_relation(statement->view);
    if (!OidIsValid(view)) return;
    struct Both {
        ViewOptions before, after;
    };
    const auto options = pg::call([view, statement] { return Both{existing_options(view), new_options(statement)}; });
    if (options.before == options.after) return;
    const std::string detail{options.after.barrier ? 'b' : '-', options.after.invoker ? 'i' : '-', options.after.check};
    add_replaced(intercept::address_of(RelationRelationId, view), "its security_barrier, security_invoker or check_option would change",
                 detail, effects);
}

void judge_create_trigger(const CreateTrigStmt *statement, Effects &effects)
{
    if (!statement->replace || statement->isconstraint) return;
    const Oid relation = intercept::resolve_relation(statement->relation);
    if (!OidIsValid(relation)) return;
    struct Found {
        Oid trigger;
        bool replaceable;
    };
    const auto found = pg::call([relation, statement] {
        Found result{get_trigger_oid(relation, statement->trigname, true), false};
        if (!OidIsValid(result.trigger)) return result;
        const Relation triggers = table_open(TriggerRelationId, AccessShareLock);
        ScanKeyData key;
        ScanKeyInit(&key, Anum_pg_trigger_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(result.trigger));
        const SysScanDesc scan = systable_beginscan(triggers, TriggerOidIndexId, true, nullptr, 1, &key);
        if (const HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple)) {
            // Of the others the server says by itself that they cannot be replaced.
            const auto *const row = reinterpret_cast<Form_pg_trigger>(GETSTRUCT(tuple));
            result.replaceable = !row->tgisinternal && !OidIsValid(row->tgparentid) && !OidIsValid(row->tgconstraint);
        }
        systable_endscan(scan);
        table_close(triggers, AccessShareLock);
        return result;
    });
    if (!found.replaceable) return;
    const Sameness sameness = compare_trigger(relation, found.trigger, statement);
    if (sameness == Sameness::same) return;
    add_replaced(intercept::address_of(TriggerRelationId, found.trigger), would_change("what it does, or when,", sameness),
                 std::to_string(statement->timing | statement->events), effects);
}

void judge_rule(const RuleStmt *statement, Effects &effects)
{
    if (!statement->replace) return;
    const Oid relation = intercept::resolve_relation(statement->relation);
    if (!OidIsValid(relation)) return;
    const Oid rule = pg::call([relation, statement] { return get_rewrite_oid(relation, statement->rulename, true); });
    if (!OidIsValid(rule)) return;
    require_ownership(intercept::address_of(RelationRelationId, relation));
    const Sameness sameness = compare_rule(rule, statement);
    if (sameness == Sameness::same) return;
    add_replaced(intercept::address_of(RewriteRelationId, rule), would_change("what it does", sameness), "", effects);
}

void judge_alter_policy(const AlterPolicyStmt *statement, Effects &effects)
{
    const Oid relation = intercept::resolve_relation(statement->table);
    if (!OidIsValid(relation)) return;
    const Oid policy = pg::call([relation, statement] { return get_relation_policy_oid(relation, statement->policy_name, true); });
    if (!OidIsValid(policy)) return;
    require_ownership(intercept::address_of(RelationRelationId, relation));
    const core::Address address = intercept::address_of(PolicyRelationId, policy);
    if (is_exempt(address)) return;
    core::Effect effect = intercept::effect_on("D20", "altering", address);
    effect.loss = "who sees and writes which rows would change";
    effects.push_back(std::move(effect));
}

void judge_view_options(Oid view, const AlterTableCmd *command, Effects &effects)
{
    const bool weakens = pg::call([view, command] {
        const ViewOptions before = existing_options(view);
        ViewOptions after = before;
        const ListCell *cell;
        foreach (cell, reinterpret_cast<List *>(command->def)) {
            auto *const option = static_cast<DefElem *>(lfirst(cell));
            const bool reset = command->subtype == AT_ResetRelOptions;
            if (pg_strcasecmp(option->defname, "security_barrier") == 0) after.barrier = !reset && is_on(option);
            if (pg_strcasecmp(option->defname, "security_invoker") == 0) after.invoker = !reset && is_on(option);
            if (pg_strcasecmp(option->defname, "check_option") == 0) after.check = reset ? 'n' : defGetString(option)[0];
        }
        return (before.barrier && !after.barrier) || (before.invoker && !after.invoker) || (before.check != 'n' && after.check != before.check);
    });
    const core::Address address = intercept::address_of(RelationRelationId, view);
    if (!weakens || is_exempt(address)) return;
    core::Effect effect = intercept::effect_on("D26", "weakening the options of", address);
    effect.loss = "its security_barrier, security_invoker or check_option would change";
    effects.push_back(std::move(effect));
}

namespace {

// Arguments of the aggregate to be: a list, or BASETYPE in the old style.
List *aggregate_arguments(const DefineStmt *statement)
{
    List *types = NIL;
    const ListCell *cell;
    if (!statement->oldstyle) {
        foreach (cell, linitial_node(List, statement->args)) {
            types = lappend(types, static_cast<FunctionParameter *>(lfirst(cell))->argType);
        }
        return types;
    }
    foreach (cell, statement->definition) {
        auto *const option = static_cast<DefElem *>(lfirst(cell));
        if (std::strcmp(option->defname, "basetype") != 0) continue;
        TypeName *const type = defGetTypeName(option);
        if (pg_strcasecmp(TypeNameToString(type), "ANY") != 0) types = lappend(types, type);
    }
    return types;
}

}  // namespace

void judge_define(const DefineStmt *statement, Effects &effects)
{
    if (!statement->replace || statement->kind != OBJECT_AGGREGATE) return;
    const Oid aggregate = pg::call([statement] {
        auto *const name = makeNode(ObjectWithArgs);
        name->objname = statement->defnames;
        name->objargs = aggregate_arguments(statement);
        return LookupFuncWithArgs(OBJECT_AGGREGATE, name, true);
    });
    if (!OidIsValid(aggregate)) return;
    const Sameness sameness = compare_aggregate(aggregate, statement);
    if (sameness == Sameness::same) return;
    add_replaced(intercept::address_of(ProcedureRelationId, aggregate), would_change("how it aggregates", sameness), "", effects);
}

}  // namespace judge
