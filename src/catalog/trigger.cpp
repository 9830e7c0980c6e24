#include "catalog/parts.hpp"

namespace catalog {
namespace {

const char *timing_text(int16 type)
{
    if (TRIGGER_FOR_BEFORE(type)) return "before";
    return TRIGGER_FOR_INSTEAD(type) ? "instead of" : "after";
}

List *events_of(int16 type)
{
    List *events = NIL;
    if (TRIGGER_FOR_DELETE(type)) events = lappend(events, pstrdup("delete"));
    if (TRIGGER_FOR_INSERT(type)) events = lappend(events, pstrdup("insert"));
    if (TRIGGER_FOR_TRUNCATE(type)) events = lappend(events, pstrdup("truncate"));
    if (TRIGGER_FOR_UPDATE(type)) events = lappend(events, pstrdup("update"));
    return events;
}

List *update_columns(const FormData_pg_trigger *form)
{
    List *names = NIL;
    for (int i = 0; i < form->tgattr.dim1; ++i) {
        char *const name = get_attname(form->tgrelid, form->tgattr.values[i], true);
        if (name != nullptr) names = lappend(names, name);
    }
    return sorted(names);
}

List *arguments_of(HeapTuple tuple, TupleDesc descriptor, int count)
{
    List *arguments = NIL;
    const Field stored = field(tuple, descriptor, Anum_pg_trigger_tgargs);
    if (stored.null) return NIL;
    const char *at = VARDATA_ANY(DatumGetByteaPP(stored.value));
    for (int i = 0; i < count; ++i) {
        arguments = lappend(arguments, pstrdup(at));
        at += std::strlen(at) + 1;
    }
    return arguments;
}

char *transition_table(HeapTuple tuple, TupleDesc descriptor, int column)
{
    const Field name = field(tuple, descriptor, column);
    return name.null ? nullptr : name_text(*DatumGetName(name.value));
}

char parent_enabled(Oid trigger)
{
    char enabled = TRIGGER_FIRES_ON_ORIGIN;
    scan(TriggerRelationId, TriggerOidIndexId, key_oid(Anum_pg_trigger_oid, trigger),
         [&enabled](HeapTuple tuple, TupleDesc) { enabled = form_of<FormData_pg_trigger>(tuple)->tgenabled; });
    return enabled;
}

void add_trigger(Sheet *sheet, RelationReading *relation, HeapTuple tuple, TupleDesc descriptor)
{
    const auto *const form = form_of<FormData_pg_trigger>(tuple);
    Draft *const draft = sheet->add(part_identity("trigger", relation->identity, name_text(form->tgname)), relation->identity,
                                    TriggerRelationId, form->oid);
    draft->touch(tuple);
    draft->put("timing", timing_text(form->tgtype));
    draft->put_list("events", events_of(form->tgtype));
    draft->put_list("update_of", update_columns(form));
    draft->put("level", TRIGGER_FOR_ROW(form->tgtype) ? "row" : "statement");
    draft->put("function", function_name(form->tgfoid));
    draft->put_list("arguments", arguments_of(tuple, descriptor, form->tgnargs));
    draft->put("condition", condition_text(field_text(field(tuple, descriptor, Anum_pg_trigger_tgqual)), &relation->columns));
    draft->put("old_table", transition_table(tuple, descriptor, Anum_pg_trigger_tgoldtable));
    draft->put("new_table", transition_table(tuple, descriptor, Anum_pg_trigger_tgnewtable));
    draft->put("enabled", firing_text(form->tgenabled));
    draft->put_if("constraint", OidIsValid(form->tgconstraint));
    draft->put_if("deferrable", form->tgdeferrable);
    draft->put_if("deferred", form->tginitdeferred);
    if (OidIsValid(form->tgconstrrelid)) draft->put("from", relation_name(form->tgconstrrelid));
    put_comment(draft);
    put_extension_dependency(draft);
}

// "trigger what" for each property that the parent's trigger does not explain.
List *own_properties(List *lines, Draft *draft, HeapTuple tuple)
{
    const auto *const form = form_of<FormData_pg_trigger>(tuple);
    const char *const name = quoted_name(NameStr(form->tgname));
    if (form->tgenabled != parent_enabled(form->tgparentid)) {
        const char *const state = firing_text(form->tgenabled);
        lines = lappend(lines, psprintf("%s %s", name, state != nullptr ? state : "enabled"));
        draft->touch(tuple);
    }
    const char *const comment = comment_of(draft, TriggerRelationId, form->oid);
    return comment != nullptr ? lappend(lines, psprintf("%s comment %s", name, comment)) : lines;
}

const char *event_text(char event)
{
    switch (event) {
        case '1': return "select";
        case '2': return "update";
        case '3': return "insert";
        default: return "delete";
    }
}

void add_rule(Sheet *sheet, RelationReading *relation, HeapTuple tuple, TupleDesc descriptor)
{
    const auto *const form = form_of<FormData_pg_rewrite>(tuple);
    const char *const name = name_text(form->rulename);
    if (std::strcmp(name, ViewSelectRuleName) == 0) return;
    Draft *const draft = sheet->add(part_identity("rule", relation->identity, name), relation->identity, RewriteRelationId,
                                    form->oid);
    draft->touch(tuple);
    draft->put("event", event_text(form->ev_type));
    draft->put_if("instead", form->is_instead);
    draft->put("enabled", firing_text(form->ev_enabled));
    const char *const condition = field_text(field(tuple, descriptor, Anum_pg_rewrite_ev_qual));
    draft->put("definition", rule_text(condition, field_text(field(tuple, descriptor, Anum_pg_rewrite_ev_action)), form->is_instead,
                                       &relation->columns));
    put_comment(draft);
}

const char *command_text(char command)
{
    switch (command) {
        case ACL_SELECT_CHR: return "select";
        case ACL_INSERT_CHR: return "insert";
        case ACL_UPDATE_CHR: return "update";
        case ACL_DELETE_CHR: return "delete";
        default: return "all";
    }
}

List *policy_roles(Field stored)
{
    if (stored.null) return NIL;
    const ArrayType *const array = DatumGetArrayTypeP(stored.value);
    const Oid *const roles = reinterpret_cast<const Oid *>(ARR_DATA_PTR(array));
    List *names = NIL;
    for (int i = 0; i < ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)); ++i) {
        names = lappend(names, roles[i] == ACL_ID_PUBLIC ? pstrdup("PUBLIC") : quoted_name(role_name(roles[i])));
    }
    return sorted(names);
}

}  // namespace

void add_triggers(Sheet *sheet, RelationReading *relation)
{
    List *inherited = NIL;
    scan(TriggerRelationId, TriggerRelidNameIndexId, key_oid(Anum_pg_trigger_tgrelid, relation->oid),
         [&](HeapTuple tuple, TupleDesc descriptor) {
             const auto *const form = form_of<FormData_pg_trigger>(tuple);
             if (form->tgisinternal || is_guard_function(form->tgfoid)) return;
             if (OidIsValid(form->tgparentid)) {
                 inherited = own_properties(inherited, relation->draft, tuple);
             } else {
                 add_trigger(sheet, relation, tuple, descriptor);
             }
         });
    relation->draft->put_list("inherited_triggers", sorted(inherited));
}

void add_rules(Sheet *sheet, RelationReading *relation)
{
    scan(RewriteRelationId, RewriteRelRulenameIndexId, key_oid(Anum_pg_rewrite_ev_class, relation->oid),
         [sheet, relation](HeapTuple tuple, TupleDesc descriptor) { add_rule(sheet, relation, tuple, descriptor); });
}

void add_policies(Sheet *sheet, RelationReading *relation)
{
    scan(PolicyRelationId, PolicyPolrelidPolnameIndexId, key_oid(Anum_pg_policy_polrelid, relation->oid),
         [sheet, relation](HeapTuple tuple, TupleDesc descriptor) {
             const auto *const form = form_of<FormData_pg_policy>(tuple);
             Draft *const draft = sheet->add(part_identity("policy", relation->identity, name_text(form->polname)),
                                             relation->identity, PolicyRelationId, form->oid);
             draft->touch(tuple);
             draft->put("command", command_text(form->polcmd));
             draft->put_if("restrictive", !form->polpermissive);
             draft->put_list("roles", policy_roles(field(tuple, descriptor, Anum_pg_policy_polroles)));
             draft->put("using", expression_text(field_text(field(tuple, descriptor, Anum_pg_policy_polqual)), &relation->columns));
             draft->put("with_check",
                        expression_text(field_text(field(tuple, descriptor, Anum_pg_policy_polwithcheck)), &relation->columns));
             put_comment(draft);
         });
}

}  // namespace catalog
