// Foreign-data wrappers, servers and user mappings.
#include "catalog/parts.hpp"
#include "catalog/secret.hpp"

namespace catalog {

void read_foreign_data_wrapper(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(FOREIGNDATAWRAPPEROID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_foreign_data_wrapper>(tuple);
    Draft *const draft = sheet->add({"foreign_data_wrapper", name_text(form->fdwname)}, Identity{}, ForeignDataWrapperRelationId, oid);
    draft->touch(tuple);
    draft->put("owner", role_name(form->fdwowner));
    put_privileges(draft, "acl", OBJECT_FDW, form->fdwowner, field(FOREIGNDATAWRAPPEROID, tuple, Anum_pg_foreign_data_wrapper_fdwacl));
    draft->put("handler", function_identity(form->fdwhandler));
    draft->put("validator", function_identity(form->fdwvalidator));
    draft->put_list("options", hidden_options(field(FOREIGNDATAWRAPPEROID, tuple, Anum_pg_foreign_data_wrapper_fdwoptions)));
    put_comment(draft);
    ReleaseSysCache(tuple);
}

void read_server(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(FOREIGNSERVEROID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_foreign_server>(tuple);
    const ForeignDataWrapper *const wrapper = GetForeignDataWrapperExtended(form->srvfdw, FDW_MISSING_OK);
    Draft *const draft = sheet->add({"server", name_text(form->srvname)}, {"foreign_data_wrapper", wrapper != nullptr ? wrapper->fdwname : "?"},
                                    ForeignServerRelationId, oid);
    draft->touch(tuple);
    draft->put("owner", role_name(form->srvowner));
    put_privileges(draft, "acl", OBJECT_FOREIGN_SERVER, form->srvowner, field(FOREIGNSERVEROID, tuple, Anum_pg_foreign_server_srvacl));
    draft->put("type", field_text(field(FOREIGNSERVEROID, tuple, Anum_pg_foreign_server_srvtype)));
    draft->put("version", field_text(field(FOREIGNSERVEROID, tuple, Anum_pg_foreign_server_srvversion)));
    draft->put_list("options", hidden_options(field(FOREIGNSERVEROID, tuple, Anum_pg_foreign_server_srvoptions)));
    put_comment(draft);
    ReleaseSysCache(tuple);
}

void read_user_mapping(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(USERMAPPINGOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_user_mapping>(tuple);
    const ForeignServer *const server = GetForeignServerExtended(form->umserver, FSV_MISSING_OK);
    const char *const server_name = server != nullptr ? server->servername : "?";
    // No role can have the name "public".
    const char *const user = OidIsValid(form->umuser) ? role_name(form->umuser) : "public";
    Draft *const draft = sheet->add({"user_mapping", server_name, user}, {"server", server_name}, UserMappingRelationId, oid);
    draft->touch(tuple);
    draft->put_list("options", hidden_options(field(USERMAPPINGOID, tuple, Anum_pg_user_mapping_umoptions)));
    ReleaseSysCache(tuple);
}

}  // namespace catalog
