// How values of one type or encoding become those of another.
#include "catalog/parts.hpp"

namespace catalog {
namespace {

const char *method_text(char method)
{
    if (method == COERCION_METHOD_BINARY) return "binary";
    return method == COERCION_METHOD_INOUT ? "inout" : "function";
}

const char *context_text(char context)
{
    if (context == COERCION_CODE_IMPLICIT) return "implicit";
    return context == COERCION_CODE_ASSIGNMENT ? "assignment" : nullptr;
}

Identity unnamed(const char *kind, const char *description)
{
    Identity identity{kind, nullptr};
    identity.arguments = description;
    return identity;
}

}  // namespace

void read_cast(Sheet *sheet, Oid oid)
{
    scan(CastRelationId, CastOidIndexId, key_oid(Anum_pg_cast_oid, oid), [sheet, oid](HeapTuple tuple, TupleDesc) {
        const auto *const form = form_of<FormData_pg_cast>(tuple);
        const char *const description = psprintf("%s AS %s", type_text(form->castsource, -1), type_text(form->casttarget, -1));
        Draft *const draft = sheet->add(unnamed("cast", description), Identity{}, CastRelationId, oid);
        draft->touch(tuple);
        draft->put("method", method_text(form->castmethod));
        draft->put("function", function_identity(form->castfunc));
        draft->put("context", context_text(form->castcontext));
        put_comment(draft);
    });
}

void read_transform(Sheet *sheet, Oid oid)
{
    scan(TransformRelationId, TransformOidIndexId, key_oid(Anum_pg_transform_oid, oid), [sheet, oid](HeapTuple tuple, TupleDesc) {
        const auto *const form = form_of<FormData_pg_transform>(tuple);
        const char *const language = get_language_name(form->trflang, true);
        const char *const description = psprintf("%s LANGUAGE %s", type_text(form->trftype, -1), quoted_name(language != nullptr ? language : "?"));
        Draft *const draft = sheet->add(unnamed("transform", description), Identity{}, TransformRelationId, oid);
        draft->touch(tuple);
        draft->put("from_sql", function_identity(form->trffromsql));
        draft->put("to_sql", function_identity(form->trftosql));
        put_comment(draft);
    });
}

void read_conversion(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(CONVOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_conversion>(tuple);
    char *const schema = schema_name(form->connamespace);
    Draft *const draft =
        sheet->add(object_identity("conversion", schema, name_text(form->conname)), schema_identity(schema), ConversionRelationId, oid);
    draft->touch(tuple);
    draft->put("owner", role_name(form->conowner));
    draft->put("from", pg_encoding_to_char(form->conforencoding));
    draft->put("to", pg_encoding_to_char(form->contoencoding));
    draft->put("function", function_identity(form->conproc));
    draft->put_if("default", form->condefault);
    put_comment(draft);
    ReleaseSysCache(tuple);
}

}  // namespace catalog
