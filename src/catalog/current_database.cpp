// The database itself, and what the catalogs that all databases share say of it.
#include "catalog/parts.hpp"
#include "catalog/secret.hpp"

namespace catalog {
namespace {

// Settings of the database (no role), or of a role in it.
void put_settings(Draft *draft, Oid role)
{
    scan(DbRoleSettingRelationId, DbRoleSettingDatidRolidIndexId,
         std::array{key_oid(Anum_pg_db_role_setting_setdatabase, MyDatabaseId), key_oid(Anum_pg_db_role_setting_setrole, role)},
         [draft](HeapTuple tuple, TupleDesc descriptor) {
             draft->put_list("settings", hidden_settings(field(tuple, descriptor, Anum_pg_db_role_setting_setconfig)));
             draft->touch(tuple);
         });
}

void put_shared_comment(Draft *draft)
{
    scan(SharedDescriptionRelationId, SharedDescriptionObjIndexId,
         std::array{key_oid(Anum_pg_shdescription_objoid, draft->address.objectId),
                    key_oid(Anum_pg_shdescription_classoid, draft->address.classId)},
         [draft](HeapTuple tuple, TupleDesc descriptor) {
             draft->put("comment", field_text(field(tuple, descriptor, Anum_pg_shdescription_description)));
             draft->touch(tuple);
         });
}

}  // namespace

// Under a name of no database's: what it is called is no part of the schema.  Neither are encoding,
// locale and tablespace, which are chosen when it is made and are the machine's.
void read_current_database(Sheet *sheet)
{
    const HeapTuple tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(MyDatabaseId));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_database>(tuple);
    Draft *const draft = sheet->add({"database", "current"}, Identity{}, DatabaseRelationId, MyDatabaseId);
    draft->touch(tuple);
    draft->put("owner", role_name(form->datdba));
    put_privileges(draft, "acl", OBJECT_DATABASE, form->datdba, field(DATABASEOID, tuple, Anum_pg_database_datacl));
    if (form->datconnlimit >= 0) draft->put("connection_limit", int64{form->datconnlimit});
    draft->put_if("template", form->datistemplate);
    put_settings(draft, InvalidOid);
    put_shared_comment(draft);
    ReleaseSysCache(tuple);
}

void read_role_settings(Sheet *sheet)
{
    scan(DbRoleSettingRelationId, DbRoleSettingDatidRolidIndexId, key_oid(Anum_pg_db_role_setting_setdatabase, MyDatabaseId),
         [sheet](HeapTuple tuple, TupleDesc) {
             const Oid role = form_of<FormData_pg_db_role_setting>(tuple)->setrole;
             if (!OidIsValid(role)) return;
             Draft *const draft = sheet->add({"role_settings", role_name(role)}, Identity{}, AuthIdRelationId, role);
             put_settings(draft, role);
         });
}

// Large objects are data; who may read and write them is not.
void read_large_objects(Sheet *sheet)
{
    scan(LargeObjectMetadataRelationId, InvalidOid, std::array<ScanKeyData, 0>{}, [sheet](HeapTuple tuple, TupleDesc descriptor) {
        const auto *const form = form_of<FormData_pg_largeobject_metadata>(tuple);
        const Field acl = field(tuple, descriptor, Anum_pg_largeobject_metadata_lomacl);
        if (acl.null || same_privileges(DatumGetAclP(acl.value), acldefault(OBJECT_LARGEOBJECT, form->lomowner))) return;
        Draft *const draft = sheet->add({"large_object", psprintf("%u", form->oid)}, Identity{}, LargeObjectRelationId, form->oid);
        draft->touch(tuple);
        put_privileges(draft, "acl", OBJECT_LARGEOBJECT, form->lomowner, acl);
        draft->put("owner", role_name(form->lomowner));
        put_comment(draft);
    });
}

}  // namespace catalog
