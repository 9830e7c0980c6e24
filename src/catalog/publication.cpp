#include "catalog/parts.hpp"

namespace catalog {
namespace {

// "app.t (a, b) WHERE (a > 0)".
char *published_table(HeapTuple tuple, TupleDesc descriptor)
{
    const auto *const form = form_of<FormData_pg_publication_rel>(tuple);
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfoString(&text, relation_name(form->prrelid));
    if (const Field columns = field(tuple, descriptor, Anum_pg_publication_rel_prattrs); !columns.null) {
        const auto *const numbers = reinterpret_cast<const int2vector *>(DatumGetPointer(PointerGetDatum(PG_DETOAST_DATUM(columns.value))));
        List *names = NIL;
        for (int i = 0; i < numbers->dim1; ++i) {
            const char *const name = get_attname(form->prrelid, numbers->values[i], true);
            names = lappend(names, name != nullptr ? quoted_name(name) : pstrdup("?"));
        }
        names = sorted(names);
        for (int i = 0; i < list_length(names); ++i) {
            appendStringInfo(&text, "%s%s", i == 0 ? " (" : ", ", static_cast<const char *>(list_nth(names, i)));
        }
        appendStringInfoChar(&text, ')');
    }
    Columns columns;
    columns.relation = form->prrelid;
    const char *const filter = expression_text(field_text(field(tuple, descriptor, Anum_pg_publication_rel_prqual)), &columns);
    if (filter != nullptr) appendStringInfo(&text, " WHERE (%s)", filter);
    return text.data;
}

void put_tables(Draft *draft, Oid publication)
{
    List *tables = NIL;
    scan(PublicationRelRelationId, PublicationRelPrpubidIndexId, key_oid(Anum_pg_publication_rel_prpubid, publication),
         [&tables, draft](HeapTuple tuple, TupleDesc descriptor) {
             tables = lappend(tables, published_table(tuple, descriptor));
             draft->touch(tuple);
         });
    draft->put_list("tables", sorted(tables));
}

void put_schemas(Draft *draft, Oid publication)
{
    List *schemas = NIL;
    scan(PublicationNamespaceRelationId, PublicationNamespacePnnspidPnpubidIndexId, std::array<ScanKeyData, 0>{},
         [&](HeapTuple tuple, TupleDesc) {
             const auto *const form = form_of<FormData_pg_publication_namespace>(tuple);
             if (form->pnpubid != publication) return;
             schemas = lappend(schemas, quoted_name(schema_name(form->pnnspid)));
             draft->touch(tuple);
         });
    draft->put_list("schemas", sorted(schemas));
}

}  // namespace

void read_publication(Sheet *sheet, Oid oid)
{
    scan(PublicationRelationId, PublicationObjectIndexId, key_oid(Anum_pg_publication_oid, oid), [sheet, oid](HeapTuple tuple, TupleDesc descriptor) {
        const auto *const form = form_of<FormData_pg_publication>(tuple);
        Draft *const draft = sheet->add({"publication", name_text(form->pubname)}, Identity{}, PublicationRelationId, oid);
        draft->touch(tuple);
        draft->put("owner", role_name(form->pubowner));
        draft->put_if("all_tables", form->puballtables);
        List *operations = NIL;
        if (form->pubdelete) operations = lappend(operations, pstrdup("delete"));
        if (form->pubinsert) operations = lappend(operations, pstrdup("insert"));
        if (form->pubtruncate) operations = lappend(operations, pstrdup("truncate"));
        if (form->pubupdate) operations = lappend(operations, pstrdup("update"));
        draft->put_set("operations", operations);
        draft->put_if("via_root", form->pubviaroot);
        const char *const generated = column_text(tuple, descriptor, "pubgencols");
        if (generated != nullptr && *generated == 's') draft->put("generated_columns", "stored");
        put_tables(draft, oid);
        put_schemas(draft, oid);
        put_comment(draft);
    });
}

}  // namespace catalog
