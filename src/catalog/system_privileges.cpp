// Privileges on the system's own objects that are not those the server came with.
#include "catalog/parts.hpp"

namespace catalog {
namespace {

// A system catalog whose objects have privileges.
struct Privileged {
    Oid catalog;
    ObjectType type;
    AttrNumber oid;
    AttrNumber owner;
    AttrNumber acl;
};

constexpr Privileged catalogs[] = {
    {RelationRelationId, OBJECT_TABLE, Anum_pg_class_oid, Anum_pg_class_relowner, Anum_pg_class_relacl},
    {ProcedureRelationId, OBJECT_FUNCTION, Anum_pg_proc_oid, Anum_pg_proc_proowner, Anum_pg_proc_proacl},
    {TypeRelationId, OBJECT_TYPE, Anum_pg_type_oid, Anum_pg_type_typowner, Anum_pg_type_typacl},
    {NamespaceRelationId, OBJECT_SCHEMA, Anum_pg_namespace_oid, Anum_pg_namespace_nspowner, Anum_pg_namespace_nspacl},
    {LanguageRelationId, OBJECT_LANGUAGE, Anum_pg_language_oid, Anum_pg_language_lanowner, Anum_pg_language_lanacl},
};

// What an object had when initdb or its extension was done with it; null when that was the built-in default.
Acl *initial_privileges(Oid catalog, Oid object)
{
    Acl *found = nullptr;
    scan(InitPrivsRelationId, InitPrivsObjIndexId,
         std::array{key_oid(Anum_pg_init_privs_objoid, object), key_oid(Anum_pg_init_privs_classoid, catalog),
                    key_int4(Anum_pg_init_privs_objsubid, 0)},
         [&found](HeapTuple tuple, TupleDesc descriptor) {
             const Field stored = field(tuple, descriptor, Anum_pg_init_privs_initprivs);
             if (!stored.null) found = DatumGetAclPCopy(stored.value);
         });
    return found;
}

void add_object(Sheet *sheet, const Privileged &catalog, Oid object, Oid owner, Field acl, HeapTuple tuple)
{
    // "schema public" is described as any schema.
    if (catalog.catalog == NamespaceRelationId && object == PG_PUBLIC_NAMESPACE) return;
    const Acl *initial = initial_privileges(catalog.catalog, object);
    if (initial == nullptr) initial = acldefault(catalog.type, owner);
    if (same_privileges(DatumGetAclP(acl.value), initial)) return;
    ObjectAddress address;
    ObjectAddressSet(address, catalog.catalog, object);
    Draft *const draft = sheet->add({"system_object", psprintf("%s %s", getObjectTypeDescription(&address, false), getObjectIdentity(&address, false))}, Identity{}, catalog.catalog, object);
    draft->touch(tuple);
    draft->put_set("acl", privilege_lines(acl));
}

}  // namespace

void read_system_privileges(Sheet *sheet)
{
    for (const Privileged &catalog : catalogs) {
        scan(catalog.catalog, InvalidOid, std::array<ScanKeyData, 0>{}, [sheet, &catalog](HeapTuple tuple, TupleDesc descriptor) {
            const Oid object = DatumGetObjectId(field(tuple, descriptor, catalog.oid).value);
            if (object >= FirstNormalObjectId) return;
            const Field acl = field(tuple, descriptor, catalog.acl);
            if (acl.null) return;
            add_object(sheet, catalog, object, DatumGetObjectId(field(tuple, descriptor, catalog.owner).value), acl, tuple);
        });
    }
}

}  // namespace catalog
