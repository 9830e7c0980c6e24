// What runs functions and what keeps tables and indexes.
#include "catalog/parts.hpp"

namespace catalog {

void read_language(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(LANGOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_language>(tuple);
    Draft *const draft = sheet->add({"language", name_text(form->lanname)}, Identity{}, LanguageRelationId, oid);
    draft->touch(tuple);
    draft->put("owner", role_name(form->lanowner));
    put_privileges(draft, "acl", OBJECT_LANGUAGE, form->lanowner, field(LANGOID, tuple, Anum_pg_language_lanacl));
    draft->put_if("trusted", form->lanpltrusted);
    draft->put("handler", function_identity(form->lanplcallfoid));
    draft->put("inline_handler", function_identity(form->laninline));
    draft->put("validator", function_identity(form->lanvalidator));
    put_comment(draft);
    ReleaseSysCache(tuple);
}

void read_access_method(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(AMOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_am>(tuple);
    Draft *const draft = sheet->add({"access_method", name_text(form->amname)}, Identity{}, AccessMethodRelationId, oid);
    draft->touch(tuple);
    draft->put("type", form->amtype == AMTYPE_INDEX ? "index" : "table");
    draft->put("handler", function_identity(form->amhandler));
    put_comment(draft);
    ReleaseSysCache(tuple);
}

}  // namespace catalog
