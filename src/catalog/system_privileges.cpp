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

// What an object or column had when initdb or its extension was done with it; null when that was the built-in default.
Acl *initial_privileges(Oid catalog, Oid object, int32 column)
{
    Acl *found = nullptr;
    scan(InitPrivsRelationId, InitPrivsObjIndexId,
         std::array{key_oid(Anum_pg_init_privs_objoid, object), key_oid(Anum_pg_init_privs_classoid, catalog),
                    key_int4(Anum_pg_init_privs_objsubid, column)},
         [&found](HeapTuple tuple, TupleDesc descriptor) {
             const Field stored = field(tuple, descriptor, Anum_pg_init_privs_initprivs);
             if (!stored.null) found = DatumGetAclPCopy(stored.value);
         });
    return found;
}

// initdb does not note what it gave on the information schema, which is made of views for everybody.
bool is_of_information_schema(const ObjectAddress &address)
{
    const Oid schema = get_namespace_oid("information_schema", true);
    if (address.classId == NamespaceRelationId) return address.objectId == schema;
    return get_object_attnum_namespace(address.classId) != InvalidAttrNumber && get_object_namespace(&address) == schema;
}

void add_object(Sheet *sheet, const ObjectAddress &address, ObjectType type, Oid owner, Field acl, HeapTuple tuple)
{
    if (is_of_information_schema(address)) return;
    const Acl *initial = initial_privileges(address.classId, address.objectId, address.objectSubId);
    if (initial == nullptr) initial = acldefault(type, owner);
    if (same_privileges(DatumGetAclP(acl.value), initial)) return;
    const char *const kind = getObjectTypeDescription(&address, true);
    const char *const identity = getObjectIdentity(&address, true);
    if (kind == nullptr || identity == nullptr) return;
    Draft *const draft = sheet->add({"system_object", psprintf("%s %s", kind, identity)}, Identity{}, address.classId, address.objectId, address.objectSubId);
    draft->touch(tuple);
    draft->put_set("acl", privilege_lines(acl, owner));
}

void add_columns_of_system(Sheet *sheet)
{
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_attribute_attrelid, BTLessStrategyNumber, F_OIDLT, ObjectIdGetDatum(FirstNormalObjectId));
    scan(AttributeRelationId, AttributeRelidNumIndexId, key, [sheet](HeapTuple tuple, TupleDesc descriptor) {
        const auto *const form = form_of<FormData_pg_attribute>(tuple);
        const Field acl = field(tuple, descriptor, Anum_pg_attribute_attacl);
        if (acl.null || form->attisdropped) return;
        ObjectAddress address;
        ObjectAddressSubSet(address, RelationRelationId, form->attrelid, form->attnum);
        add_object(sheet, address, OBJECT_COLUMN, BOOTSTRAP_SUPERUSERID, acl, tuple);
    });
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
            // The schema "public" is described as any schema.
            if (catalog.catalog == NamespaceRelationId && object == PG_PUBLIC_NAMESPACE) return;
            ObjectAddress address;
            ObjectAddressSet(address, catalog.catalog, object);
            add_object(sheet, address, catalog.type, DatumGetObjectId(field(tuple, descriptor, catalog.owner).value), acl, tuple);
        });
    }
    add_columns_of_system(sheet);
}

}  // namespace catalog
