#include "catalog/parts.hpp"

namespace catalog {

void read_schema(Sheet *sheet, Oid schema)
{
    const HeapTuple tuple = SearchSysCache1(NAMESPACEOID, ObjectIdGetDatum(schema));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_namespace>(tuple);
    Draft *const draft = sheet->add(schema_identity(name_text(form->nspname)), Identity{}, NamespaceRelationId, schema);
    draft->touch(tuple);
    draft->put("owner", role_name(form->nspowner));
    put_privileges(draft, "acl", OBJECT_SCHEMA, form->nspowner, field(NAMESPACEOID, tuple, Anum_pg_namespace_nspacl));
    put_comment(draft);
    ReleaseSysCache(tuple);
}

namespace {

// Tables of the extension whose rows are the user's, each with the condition.
List *dumped_tables(HeapTuple tuple, TupleDesc descriptor)
{
    const Field tables = field(tuple, descriptor, Anum_pg_extension_extconfig);
    if (tables.null) return NIL;
    const ArrayType *const array = DatumGetArrayTypeP(tables.value);
    const Oid *const oids = reinterpret_cast<const Oid *>(ARR_DATA_PTR(array));
    List *const conditions = text_array(field(tuple, descriptor, Anum_pg_extension_extcondition));
    List *lines = NIL;
    for (int i = 0; i < ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)); ++i) {
        const char *const condition = i < list_length(conditions) ? static_cast<const char *>(list_nth(conditions, i)) : "";
        lines = lappend(lines, psprintf("%s%s%s", relation_name(oids[i]), *condition != '\0' ? " " : "", condition));
    }
    return sorted(lines);
}

}  // namespace

void read_extension(Sheet *sheet, Oid extension)
{
    scan(ExtensionRelationId, ExtensionOidIndexId, key_oid(Anum_pg_extension_oid, extension),
         [sheet, extension](HeapTuple tuple, TupleDesc descriptor) {
             const auto *const form = form_of<FormData_pg_extension>(tuple);
             Draft *const draft =
                 sheet->add({"extension", name_text(form->extname)}, Identity{}, ExtensionRelationId, extension);
             draft->touch(tuple);
             draft->put("owner", role_name(form->extowner));
             draft->put("schema", schema_name(form->extnamespace));
             draft->put("version", field_text(field(tuple, descriptor, Anum_pg_extension_extversion)));
             draft->put_list("dumped_tables", dumped_tables(tuple, descriptor));
             put_comment(draft);
         });
}

void read_event_trigger(Sheet *sheet, Oid event_trigger)
{
    const HeapTuple tuple = SearchSysCache1(EVENTTRIGGEROID, ObjectIdGetDatum(event_trigger));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_event_trigger>(tuple);
    Draft *const draft =
        sheet->add({"event_trigger", name_text(form->evtname)}, Identity{}, EventTriggerRelationId, event_trigger);
    draft->touch(tuple);
    draft->put("owner", role_name(form->evtowner));
    draft->put("event", name_text(form->evtevent));
    draft->put("function", function_name(form->evtfoid));
    draft->put("enabled", firing_text(form->evtenabled));
    draft->put_list("tags", sorted_options(field(EVENTTRIGGEROID, tuple, Anum_pg_event_trigger_evttags)));
    put_comment(draft);
    ReleaseSysCache(tuple);
}

}  // namespace catalog
