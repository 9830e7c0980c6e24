#include "ledger/subject.hpp"

#include "catalog/reader.hpp"
#include "ledger/version.hpp"
#include "settings.hpp"

namespace ledger {
namespace {

struct Described {
    const char *object_type;
    const char *identity;
    const char *schema_name;
    bool temporary;
};

// Inside pg::call only.
Oid schema_of(const ObjectAddress &address)
{
    if (address.classId == NamespaceRelationId) return InvalidOid;
    if (!is_objectclass_supported(address.classId)) return InvalidOid;
    if (get_object_attnum_namespace(address.classId) == InvalidAttrNumber) return InvalidOid;
    const int cache = get_object_catcache_oid(address.classId);
    if (cache >= 0 && !SearchSysCacheExists1(cache, ObjectIdGetDatum(address.objectId))) return InvalidOid;
    return get_object_namespace(&address);
}

}  // namespace

Subject describe(core::Address address)
{
    const Described found = pg::call([address] {
        ObjectAddress object;
        ObjectAddressSubSet(object, address.classid, address.objid, address.objsubid);
        Described result{};
        result.identity = getObjectIdentity(&object, true);
        if (result.identity == nullptr) return result;
        result.object_type = getObjectTypeDescription(&object, true);
        const Oid schema = schema_of(object);
        if (OidIsValid(schema)) {
            result.temporary = isAnyTempNamespace(schema);
            result.schema_name = get_namespace_name_or_temp(schema);
        }
        return result;
    });
    Subject subject;
    subject.address = address;
    subject.object_type = pg::text_of(found.object_type);
    subject.identity = pg::text_of(found.identity);
    subject.schema_name = pg::text_of(found.schema_name);
    subject.temporary = found.temporary;
    return subject;
}

bool has_reader(core::Address address) { return catalog::has_reader(address.classid); }

Keeping keeping_of(const Subject &subject)
{
    if (subject.temporary) return settings::record_temp() ? Keeping::name_only : Keeping::not_at_all;
    if (subject.schema_name == "langchef_guard" || subject.schema_name == "pg_toast") return Keeping::not_at_all;
    if (!has_reader(subject.address)) return Keeping::name_only;
    if (catalog::is_recorded_object(subject.address)) return Keeping::definition;
    // An index attached to its parent's speaks when it differs from it.
    if (subject.address.classid == RelationRelationId) return Keeping::definition;
    // Its own extension and event triggers.
    if (subject.address.classid == ExtensionRelationId || subject.address.classid == EventTriggerRelationId) return Keeping::not_at_all;
    // The system's are not described; a row tells at least that somebody touched them.
    return Keeping::name_only;
}

bool was_extension_member(core::Address address)
{
    return pg::call([address] {
        bool member = false;
        std::array<ScanKeyData, 2> keys;
        ScanKeyInit(&keys[0], Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(address.classid));
        ScanKeyInit(&keys[1], Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(address.objid));
        each_version(DependRelationId, DependDependerIndexId, keys, [&member](HeapTuple tuple) {
            const auto *const form = reinterpret_cast<const FormData_pg_depend *>(GETSTRUCT(tuple));
            if (form->deptype == DEPENDENCY_EXTENSION && version_of(tuple) == Version::removed) member = true;
        });
        return member;
    });
}

bool is_extension_member(core::Address address)
{
    return pg::call([address] { return OidIsValid(getExtensionOfObject(address.classid, address.objid)); });
}

}  // namespace ledger
