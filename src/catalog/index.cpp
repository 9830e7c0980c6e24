#include "catalog/parts.hpp"

namespace catalog {
namespace {

// A key as it would stand in CREATE INDEX, with what differs from the default.
char *key_text(const FormData_pg_index *form, int key, Node *expression, Columns *columns, Oid collation, Oid opclass, int16 option,
               bool ordered, Oid access_method)
{
    StringInfoData text;
    initStringInfo(&text);
    const AttrNumber column = form->indkey.values[key];
    Oid type = InvalidOid;
    Oid own_collation = InvalidOid;
    if (column != 0) {
        int32 typmod = 0;
        const char *const name = get_attname(form->indrelid, column, true);
        appendStringInfoString(&text, name != nullptr ? quoted_name(name) : "?");
        get_atttypetypmodcoll(form->indrelid, column, &type, &typmod, &own_collation);
    } else {
        appendStringInfo(&text, "(%s)", node_text(expression, columns));
        type = exprType(expression);
        own_collation = exprCollation(expression);
    }
    if (OidIsValid(collation) && collation != own_collation) appendStringInfo(&text, " COLLATE %s", collation_name(collation));
    const Datum stored = get_attoptions(form->indexrelid, static_cast<int16>(key + 1));
    List *const parameters = column_options(Field{stored, stored == 0});
    if (parameters != NIL || GetDefaultOpClass(type, access_method) != opclass) {
        appendStringInfo(&text, " %s", opclass_name(opclass));
    }
    for (int i = 0; i < list_length(parameters); ++i) {
        appendStringInfo(&text, "%s%s", i == 0 ? " (" : ", ", static_cast<const char *>(list_nth(parameters, i)));
    }
    if (parameters != NIL) appendStringInfoChar(&text, ')');
    if (ordered) {
        const bool descending = (option & INDOPTION_DESC) != 0;
        const bool nulls_first = (option & INDOPTION_NULLS_FIRST) != 0;
        if (descending) appendStringInfoString(&text, " DESC");
        if (descending != nulls_first) appendStringInfoString(&text, nulls_first ? " NULLS FIRST" : " NULLS LAST");
    }
    return text.data;
}

void put_keys(Draft *draft, HeapTuple tuple, const FormData_pg_index *form, Oid access_method, Columns *columns)
{
    const auto *const collations =
        reinterpret_cast<const oidvector *>(DatumGetPointer(field(INDEXRELID, tuple, Anum_pg_index_indcollation).value));
    const auto *const opclasses =
        reinterpret_cast<const oidvector *>(DatumGetPointer(field(INDEXRELID, tuple, Anum_pg_index_indclass).value));
    const auto *const options =
        reinterpret_cast<const int2vector *>(DatumGetPointer(field(INDEXRELID, tuple, Anum_pg_index_indoption).value));
    const char *const stored = field_text(field(INDEXRELID, tuple, Anum_pg_index_indexprs));
    List *const expressions = stored != nullptr ? static_cast<List *>(stringToNode(stored)) : NIL;
    const bool ordered = GetIndexAmRoutineByAmId(access_method, false)->amcanorder;
    List *keys = NIL;
    List *included = NIL;
    int expression = 0;
    for (int i = 0; i < form->indnatts; ++i) {
        if (i >= form->indnkeyatts) {
            const char *const name = get_attname(form->indrelid, form->indkey.values[i], true);
            included = lappend(included, pstrdup(name != nullptr ? name : "?"));
            continue;
        }
        Node *node = nullptr;
        if (form->indkey.values[i] == 0) node = static_cast<Node *>(list_nth(expressions, expression++));
        keys = lappend(keys, key_text(form, i, node, columns, collations->values[i], opclasses->values[i], options->values[i],
                                      ordered, access_method));
    }
    draft->put_list("keys", keys);
    draft->put_list("include", included);
}

// The parent of an index of a partition, or InvalidOid.
Oid attached_to(const FormData_pg_class *form)
{
    return form->relispartition ? get_partition_parent(form->oid, true) : InvalidOid;
}

// Whether an index attached to its parent's has something of its own to say.
bool differs_from_parent(HeapTuple tuple, const FormData_pg_class *form, Oid parent, List *options, bool commented, bool valid)
{
    if (commented || !valid) return true;
    const HeapTuple other = SearchSysCache1(RELOID, ObjectIdGetDatum(parent));
    if (!HeapTupleIsValid(other)) return true;
    List *const expected = sorted_options(field(RELOID, other, Anum_pg_class_reloptions));
    bool differs = form_of<FormData_pg_class>(other)->reltablespace != form->reltablespace ||
                   list_length(expected) != list_length(options);
    for (int i = 0; !differs && i < list_length(options); ++i) {
        differs = std::strcmp(static_cast<const char *>(list_nth(expected, i)), static_cast<const char *>(list_nth(options, i))) != 0;
    }
    ReleaseSysCache(other);
    return differs || index_statistics(form_of<FormData_pg_class>(tuple)->oid) != NIL;
}

bool has_attribute(const Draft *draft, const char *name)
{
    for (const DraftAttribute *attribute = draft->attributes; attribute != nullptr; attribute = attribute->next) {
        if (std::strcmp(attribute->name, name) == 0) return true;
    }
    return false;
}

void add_index(Sheet *sheet, HeapTuple relation, HeapTuple tuple)
{
    const auto *const form = form_of<FormData_pg_class>(relation);
    const auto *const index = form_of<FormData_pg_index>(tuple);
    const bool may_back_constraint = index->indisunique || index->indisexclusion;
    if (may_back_constraint && OidIsValid(get_index_constraint(form->oid))) return;
    const HeapTuple table = SearchSysCache1(RELOID, ObjectIdGetDatum(index->indrelid));
    if (!HeapTupleIsValid(table)) return;
    const auto *const table_form = form_of<FormData_pg_class>(table);
    const char *const kind = relation_kind(table_form->relkind);
    char *const schema = schema_name(form->relnamespace);
    Draft *const draft = sheet->add(
        object_identity("index", schema, name_text(form->relname)),
        object_identity(kind != nullptr ? kind : "table", schema_name(table_form->relnamespace), name_text(table_form->relname)),
        RelationRelationId, form->oid);
    ReleaseSysCache(table);

    draft->touch(relation);
    draft->touch(tuple);
    put_comment(draft);
    List *const options = sorted_options(field(RELOID, relation, Anum_pg_class_reloptions));
    const Oid parent = attached_to(form);
    if (OidIsValid(parent)) {
        if (!differs_from_parent(relation, form, parent, options, has_attribute(draft, "comment"), index->indisvalid)) {
            sheet->remove(draft);
            return;
        }
        draft->put("attached_to", relation_name(parent));
    }
    Columns columns;
    columns.relation = index->indrelid;
    draft->put("method", get_am_name(form->relam));
    put_keys(draft, tuple, index, form->relam, &columns);
    draft->put_if("unique", index->indisunique);
    draft->put_if("nulls_not_distinct", index->indnullsnotdistinct);
    draft->put("predicate", expression_text(field_text(field(INDEXRELID, tuple, Anum_pg_index_indpred)), &columns));
    draft->put_list("options", options);
    draft->put("tablespace", tablespace_name(form->reltablespace));
    draft->put_list("statistics", index_statistics(form->oid));
    if (!index->indisvalid) draft->put_bool("valid", false);
    put_extension_dependency(draft);
}

}  // namespace

List *index_statistics(Oid index)
{
    List *targets = NIL;
    scan(AttributeRelationId, AttributeRelidNumIndexId, key_oid(Anum_pg_attribute_attrelid, index),
         [&targets](HeapTuple tuple, TupleDesc descriptor) {
             const int target = pg::compat::statistics_target(tuple, descriptor);
             if (target >= 0) targets = lappend(targets, psprintf("%d=%d", form_of<FormData_pg_attribute>(tuple)->attnum, target));
         });
    return targets;
}

void read_index(Sheet *sheet, HeapTuple relation)
{
    const HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(form_of<FormData_pg_class>(relation)->oid));
    if (!HeapTupleIsValid(tuple)) return;
    add_index(sheet, relation, tuple);
    ReleaseSysCache(tuple);
}

}  // namespace catalog
