#include "catalog/parts.hpp"
#include "catalog/secret.hpp"

namespace catalog {

const char *storage_text(char storage)
{
    switch (storage) {
        case TYPSTORAGE_PLAIN: return "plain";
        case TYPSTORAGE_EXTERNAL: return "external";
        case TYPSTORAGE_EXTENDED: return "extended";
        default: return "main";
    }
}

namespace {

Oid identity_sequence(Oid relation, AttrNumber column)
{
    Oid sequence = InvalidOid;
    scan(DependRelationId, DependReferenceIndexId,
         std::array{key_oid(Anum_pg_depend_refclassid, RelationRelationId), key_oid(Anum_pg_depend_refobjid, relation),
                    key_int4(Anum_pg_depend_refobjsubid, column)},
         [&sequence](HeapTuple tuple, TupleDesc) {
             const auto *const form = form_of<FormData_pg_depend>(tuple);
             if (form->deptype == DEPENDENCY_INTERNAL && form->classid == RelationRelationId && form->objsubid == 0 &&
                 relkind_of(form->objid) == RELKIND_SEQUENCE) {
                 sequence = form->objid;
             }
         });
    return sequence;
}

void put_identity(Draft *draft, const FormData_pg_attribute *form)
{
    draft->put("identity", form->attidentity == ATTRIBUTE_IDENTITY_ALWAYS ? "always" : "by default");
    const Oid sequence = identity_sequence(form->attrelid, form->attnum);
    if (!OidIsValid(sequence)) return;
    const bool found = with_row(relation_rows, sequence, [draft](HeapTuple tuple) {
        const auto *const relation = form_of<FormData_pg_class>(tuple);
        draft->put("identity_sequence", qualified_name(schema_name(relation->relnamespace), NameStr(relation->relname)));
        draft->put("identity_persistence", persistence_text(relation->relpersistence));
        put_privileges(draft, "identity_acl", OBJECT_SEQUENCE, relation->relowner, field(RELOID, tuple, Anum_pg_class_relacl));
        draft->touch(tuple);
    });
    if (!found) return;
    put_sequence_parameters(draft, sequence, "identity_");
    draft->put("identity_comment", comment_of(draft, RelationRelationId, sequence));
}

// Without attndims: the server takes int[] and int[][] for the same type.
void put_type(Draft *draft, const FormData_pg_attribute *form)
{
    draft->put("type", type_text(form->atttypid, form->atttypmod));
    const HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(form->atttypid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const type = form_of<FormData_pg_type>(tuple);
    if (OidIsValid(form->attcollation) && form->attcollation != type->typcollation) {
        draft->put("collation", collation_name(form->attcollation));
    }
    if (form->attstorage != type->typstorage) draft->put("storage", storage_text(form->attstorage));
    ReleaseSysCache(tuple);
}

void put_column(Draft *draft, HeapTuple tuple, TupleDesc descriptor, Oid owner)
{
    const auto *const form = form_of<FormData_pg_attribute>(tuple);
    put_type(draft, form);
    draft->put_if("not_null", form->attnotnull);
    draft->put_if("inherited", form->attinhcount > 0);
    draft->put_if("local", form->attinhcount > 0 && form->attislocal);
    if (form->attcompression == TOAST_PGLZ_COMPRESSION) draft->put("compression", "pglz");
    if (form->attcompression == TOAST_LZ4_COMPRESSION) draft->put("compression", "lz4");
    const int target = pg::compat::statistics_target(tuple, descriptor);
    if (target >= 0) draft->put("statistics", int64{target});
    draft->put_list("options", storage_options(field(tuple, descriptor, Anum_pg_attribute_attoptions)));
    draft->put_list("fdw_options", hidden_options(field(tuple, descriptor, Anum_pg_attribute_attfdwoptions)));
    put_privileges(draft, "acl", OBJECT_COLUMN, owner, field(tuple, descriptor, Anum_pg_attribute_attacl));
    if (form->attidentity != '\0') put_identity(draft, form);
}

// Defaults and generation expressions.
void put_expressions(RelationReading *relation, const char *generated)
{
    scan(AttrDefaultRelationId, AttrDefaultIndexId, key_oid(Anum_pg_attrdef_adrelid, relation->oid),
         [relation, generated](HeapTuple tuple, TupleDesc descriptor) {
             const AttrNumber column = form_of<FormData_pg_attrdef>(tuple)->adnum;
             if (column < 1 || column > relation->form->relnatts) return;
             Draft *const draft = relation->column_drafts[column];
             if (draft == nullptr) return;
             char *const text = expression_text(field_text(field(tuple, descriptor, Anum_pg_attrdef_adbin)), &relation->columns);
             draft->touch(tuple);
             if (generated[column] == '\0') {
                 draft->put("default", text);
                 return;
             }
             draft->put("generated", text);
             draft->put("generated_kind", generated[column] == ATTRIBUTE_GENERATED_STORED ? "stored" : "virtual");
         });
}

// Of the relation and its columns, in one scan.
void put_comments(const RelationReading *relation)
{
    scan(DescriptionRelationId, DescriptionObjIndexId,
         std::array{key_oid(Anum_pg_description_objoid, relation->oid),
                    key_oid(Anum_pg_description_classoid, RelationRelationId)},
         [relation](HeapTuple tuple, TupleDesc descriptor) {
             const int32 column = form_of<FormData_pg_description>(tuple)->objsubid;
             if (column < 0 || column > relation->form->relnatts) return;
             Draft *const draft = column == 0 ? relation->draft : relation->column_drafts[column];
             if (draft == nullptr) return;
             draft->put("comment", field_text(field(tuple, descriptor, Anum_pg_description_description)));
             draft->touch(tuple);
         });
}

}  // namespace

void add_columns(Sheet *sheet, RelationReading *relation)
{
    const auto slots = static_cast<std::size_t>(relation->form->relnatts) + 1;
    relation->column_drafts = static_cast<Draft **>(palloc0(slots * sizeof(Draft *)));
    char *const generated = static_cast<char *>(palloc0(slots));
    const char *const kind = relation->form->relkind == RELKIND_COMPOSITE_TYPE ? "attribute" : "column";
    bool expressions = false;
    int64 ordinal = 0;
    scan_in_order(AttributeRelationId, AttributeRelidNumIndexId, key_oid(Anum_pg_attribute_attrelid, relation->oid), attribute_number,
         [&](HeapTuple tuple, TupleDesc descriptor) {
             const auto *const form = form_of<FormData_pg_attribute>(tuple);
             if (form->attnum < 1 || form->attnum > relation->form->relnatts || form->attisdropped) return;
             Draft *const draft = sheet->add(part_identity(kind, relation->identity, name_text(form->attname)),
                                             relation->identity, RelationRelationId, relation->oid, form->attnum);
             draft->touch(tuple);
             draft->put("ordinal", ++ordinal);
             put_column(draft, tuple, descriptor, relation->form->relowner);
             relation->column_drafts[form->attnum] = draft;
             generated[form->attnum] = form->attgenerated;
             expressions = expressions || form->atthasdef;
         });
    if (expressions) put_expressions(relation, generated);
    put_comments(relation);
}

}  // namespace catalog
