#include "catalog/parts.hpp"

namespace catalog {
namespace {

struct TypeReading {
    HeapTuple tuple;
    const FormData_pg_type *form;
    char *schema;
    char *name;
};

Draft *add_type(Sheet *sheet, const TypeReading &type, const char *kind)
{
    Draft *const draft = sheet->add(object_identity(kind, type.schema, type.name), schema_identity(type.schema), TypeRelationId,
                                    type.form->oid);
    draft->touch(type.tuple);
    draft->put("owner", role_name(type.form->typowner));
    put_privileges(draft, "acl", kind[0] == 'd' ? OBJECT_DOMAIN : OBJECT_TYPE, type.form->typowner,
                   field(TYPEOID, type.tuple, Anum_pg_type_typacl));
    put_comment(draft);
    return draft;
}

double label_place(HeapTuple tuple) { return static_cast<double>(form_of<FormData_pg_enum>(tuple)->enumsortorder); }

void read_enum(Sheet *sheet, const TypeReading &type)
{
    Draft *const draft = add_type(sheet, type, "enum");
    List *labels = NIL;
    scan_in_order(EnumRelationId, EnumTypIdSortOrderIndexId, key_oid(Anum_pg_enum_enumtypid, type.form->oid), label_place,
                  [&labels, draft](HeapTuple tuple, TupleDesc) {
                      labels = lappend(labels, name_text(form_of<FormData_pg_enum>(tuple)->enumlabel));
                      draft->touch(tuple);
                  });
    draft->put_set("labels", labels);
}

void read_domain(Sheet *sheet, const TypeReading &type)
{
    Draft *const draft = add_type(sheet, type, "domain");
    draft->put("type", type_text(type.form->typbasetype, type.form->typtypmod));
    draft->put_if("not_null", type.form->typnotnull);
    Columns none;
    draft->put("default", expression_text(field_text(field(TYPEOID, type.tuple, Anum_pg_type_typdefaultbin)), &none));
    const Oid collation = get_typcollation(type.form->typbasetype);
    if (OidIsValid(type.form->typcollation) && type.form->typcollation != collation) {
        draft->put("collation", collation_name(type.form->typcollation));
    }
    add_domain_constraints(sheet, type.form->oid, draft->identity);
}

void read_composite(Sheet *sheet, const TypeReading &type)
{
    const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(type.form->typrelid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_class>(tuple);
    if (form->relkind == RELKIND_COMPOSITE_TYPE) {
        Draft *const draft = add_type(sheet, type, "composite");
        draft->touch(tuple);
        RelationReading relation{};
        relation.oid = form->oid;
        relation.form = form;
        relation.schema = type.schema;
        relation.name = type.name;
        relation.identity = draft->identity;
        relation.columns.relation = form->oid;
        relation.draft = draft;
        add_columns(sheet, &relation);
    }
    ReleaseSysCache(tuple);
}

void read_range(Sheet *sheet, const TypeReading &type)
{
    Draft *const draft = add_type(sheet, type, "range");
    const HeapTuple tuple = SearchSysCache1(RANGETYPE, ObjectIdGetDatum(type.form->oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_range>(tuple);
    draft->touch(tuple);
    draft->put("subtype", type_text(form->rngsubtype, -1));
    draft->put("subtype_opclass", opclass_name(form->rngsubopc));
    if (OidIsValid(form->rngcollation) && form->rngcollation != get_typcollation(form->rngsubtype)) {
        draft->put("collation", collation_name(form->rngcollation));
    }
    draft->put("canonical", function_name(form->rngcanonical));
    draft->put("subtype_diff", function_name(form->rngsubdiff));
    draft->put("multirange", type_text(form->rngmultitypid, -1));
    ReleaseSysCache(tuple);
}

const char *alignment_word(char alignment)
{
    switch (alignment) {
        case TYPALIGN_CHAR: return "char";
        case TYPALIGN_SHORT: return "int2";
        case TYPALIGN_INT: return "int4";
        default: return "double";
    }
}

void read_base(Sheet *sheet, const TypeReading &type)
{
    Draft *const draft = add_type(sheet, type, "type");
    const FormData_pg_type *const form = type.form;
    if (!form->typisdefined) {
        draft->put_bool("shell", true);
        return;
    }
    draft->put("input", function_identity(form->typinput));
    draft->put("output", function_identity(form->typoutput));
    draft->put("receive", function_identity(form->typreceive));
    draft->put("send", function_identity(form->typsend));
    draft->put("modifier_input", function_identity(form->typmodin));
    draft->put("modifier_output", function_identity(form->typmodout));
    draft->put("analyze", function_identity(form->typanalyze));
    draft->put("subscript", function_identity(form->typsubscript));
    draft->put("length", int64{form->typlen});
    draft->put_if("by_value", form->typbyval);
    draft->put("alignment", alignment_word(form->typalign));
    draft->put("storage", storage_text(form->typstorage));
    draft->put("category", pnstrdup(&form->typcategory, 1));
    draft->put_if("preferred", form->typispreferred);
    draft->put("default", field_text(field(TYPEOID, type.tuple, Anum_pg_type_typdefault)));
    if (OidIsValid(form->typelem)) draft->put("element", type_text(form->typelem, -1));
    if (form->typdelim != DEFAULT_TYPDELIM) draft->put("delimiter", pnstrdup(&form->typdelim, 1));
    draft->put_if("collatable", OidIsValid(form->typcollation));
}

}  // namespace

void read_type(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(TYPEOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_type>(tuple);
    const TypeReading type{tuple, form, schema_name(form->typnamespace), name_text(form->typname)};
    switch (form->typtype) {
        case TYPTYPE_ENUM: read_enum(sheet, type); break;
        case TYPTYPE_DOMAIN: read_domain(sheet, type); break;
        case TYPTYPE_COMPOSITE: read_composite(sheet, type); break;
        case TYPTYPE_RANGE: read_range(sheet, type); break;
        case TYPTYPE_BASE:
        case TYPTYPE_PSEUDO: read_base(sheet, type); break;
        default: break;
    }
    ReleaseSysCache(tuple);
}

}  // namespace catalog
