#include "catalog/depend.hpp"
#include "catalog/parts.hpp"

namespace catalog {
namespace {

char *joined(const List *texts)
{
    StringInfoData whole;
    initStringInfo(&whole);
    for (int i = 0; i < list_length(texts); ++i) {
        appendStringInfo(&whole, "%s%s", i > 0 ? ", " : "", static_cast<const char *>(list_nth(texts, i)));
    }
    return whole.data;
}

// A key as it would stand in CREATE INDEX, with what differs from the default.
char *key_text(const FormData_pg_index *form, int key, Node *expression, Columns *columns, Oid collation, Oid opclass, int16 option,
               bool ordered, Oid access_method, List *parameters)
{
    StringInfoData text;
    initStringInfo(&text);
    const AttrNumber column = form->indkey.values[key];
    Oid type = InvalidOid;
    Oid own_collation = InvalidOid;
    if (column != 0) {
        appendStringInfoString(&text, quoted_name(column_name(columns, column)));
        type = column_type(columns, column);
        own_collation = column_collation(columns, column);
    } else {
        appendStringInfo(&text, "(%s)", node_text(expression, columns));
        type = exprType(expression);
        own_collation = exprCollation(expression);
    }
    if (OidIsValid(collation) && collation != own_collation) appendStringInfo(&text, " COLLATE %s", collation_name(collation));
    if (parameters != NIL || !is_default_opclass(opclass, type, access_method)) {
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

// What the columns of an index have of their own, read in one scan.
struct OwnColumns {
    List *targets;      // "number=target" of those with a statistics target
    List **parameters;  // of the operator class, by key
};

OwnColumns own_columns(Oid index, int keys)
{
    OwnColumns own{NIL, static_cast<List **>(palloc0(sizeof(List *) * static_cast<std::size_t>(keys)))};
    scan_in_order(AttributeRelationId, AttributeRelidNumIndexId, key_oid(Anum_pg_attribute_attrelid, index), attribute_number,
         [&own, keys](HeapTuple tuple, TupleDesc descriptor) {
             const AttrNumber number = form_of<FormData_pg_attribute>(tuple)->attnum;
             const int target = pg::compat::statistics_target(tuple, descriptor);
             if (target >= 0) own.targets = lappend(own.targets, psprintf("%d=%d", number, target));
             if (number > 0 && number <= keys) own.parameters[number - 1] = storage_options(field(tuple, descriptor, Anum_pg_attribute_attoptions));
         });
    return own;
}

void put_keys(Draft *draft, HeapTuple tuple, const FormData_pg_index *form, Oid access_method, Columns *columns, const OwnColumns &own)
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
            included = lappend(included, pstrdup(column_name(columns, form->indkey.values[i])));
            continue;
        }
        Node *node = nullptr;
        if (form->indkey.values[i] == 0) node = static_cast<Node *>(list_nth(expressions, expression++));
        keys = lappend(keys, key_text(form, i, node, columns, collations->values[i], opclasses->values[i], options->values[i],
                                      ordered, access_method, own.parameters[i]));
    }
    draft->put_list("keys", keys);
    draft->put_list("include", included);
}

// What an index attached to its parent's has of its own: "parent what".
List *own_properties(List *lines, Draft *draft, HeapTuple relation, bool valid)
{
    const auto *const form = form_of<FormData_pg_class>(relation);
    const Oid parent = get_partition_parent(form->oid, true);
    const char *const name = relation_name(parent);
    if (!valid) lines = lappend(lines, psprintf("%s invalid", name));
    const char *const comment = comment_of(draft, RelationRelationId, form->oid);
    if (comment != nullptr) lines = lappend(lines, psprintf("%s comment %s", name, comment));
    List *const targets = index_statistics(form->oid);
    for (int i = 0; i < list_length(targets); ++i) {
        lines = lappend(lines, psprintf("%s statistics %s", name, static_cast<const char *>(list_nth(targets, i))));
    }
    const HeapTuple other = SearchSysCache1(RELOID, ObjectIdGetDatum(parent));
    if (!HeapTupleIsValid(other)) return lines;
    const char *const options = joined(storage_options(field(RELOID, relation, Anum_pg_class_reloptions)));
    if (std::strcmp(options, joined(storage_options(field(RELOID, other, Anum_pg_class_reloptions)))) != 0) {
        lines = lappend(lines, psprintf("%s options %s", name, options));
    }
    if (form_of<FormData_pg_class>(other)->reltablespace != form->reltablespace) {
        const char *const tablespace = tablespace_name(form->reltablespace);
        lines = lappend(lines, psprintf("%s tablespace %s", name, tablespace != nullptr ? tablespace : "default"));
    }
    ReleaseSysCache(other);
    draft->touch(relation);
    return lines;
}

void add_index(Sheet *sheet, HeapTuple relation, HeapTuple tuple)
{
    const auto *const form = form_of<FormData_pg_class>(relation);
    const auto *const index = form_of<FormData_pg_index>(tuple);
    const bool may_back_constraint = index->indisunique || index->indisexclusion;
    // An attached one is a part of its parent's, like one behind a constraint.
    if (form->relispartition) return;
    if (may_back_constraint && OidIsValid(constraint_of_index(form->oid))) return;
    Identity table = relation_identity(index->indrelid);
    if (table.first == nullptr) return;
    if (table.kind == nullptr) table.kind = "table";
    Draft *const draft = sheet->add(object_identity("index", schema_name(form->relnamespace), name_text(form->relname)), table, RelationRelationId, form->oid);

    draft->touch(relation);
    draft->touch(tuple);
    put_comment(draft);
    Columns columns;
    columns.relation = index->indrelid;
    draft->put("method", get_am_name(form->relam));
    const OwnColumns own = own_columns(form->oid, index->indnkeyatts);
    put_keys(draft, tuple, index, form->relam, &columns, own);
    draft->put_if("unique", index->indisunique);
    draft->put_if("nulls_not_distinct", index->indnullsnotdistinct);
    draft->put("predicate", expression_text(field_text(field(INDEXRELID, tuple, Anum_pg_index_indpred)), &columns));
    draft->put_list("options", storage_options(field(RELOID, relation, Anum_pg_class_reloptions)));
    draft->put("tablespace", tablespace_name(form->reltablespace));
    draft->put_list("statistics", own.targets);
    if (!index->indisvalid) draft->put_bool("valid", false);
    put_extension_dependency(draft);
}

}  // namespace

List *index_statistics(Oid index) { return own_columns(index, 0).targets; }

void put_inherited_indexes(RelationReading *relation)
{
    List *lines = NIL;
    scan(IndexRelationId, IndexIndrelidIndexId, key_oid(Anum_pg_index_indrelid, relation->oid),
         [&lines, relation](HeapTuple tuple, TupleDesc) {
             const auto *const form = form_of<FormData_pg_index>(tuple);
             with_row(relation_rows, form->indexrelid, [&](HeapTuple index) {
                 if (!form_of<FormData_pg_class>(index)->relispartition) return;
                 lines = own_properties(lines, relation->draft, index, form->indisvalid);
             });
         });
    relation->draft->put_list("inherited_indexes", sorted(lines));
}

void read_index(Sheet *sheet, HeapTuple relation)
{
    with_row(index_rows, form_of<FormData_pg_class>(relation)->oid, [sheet, relation](HeapTuple tuple) { add_index(sheet, relation, tuple); });
}

}  // namespace catalog
