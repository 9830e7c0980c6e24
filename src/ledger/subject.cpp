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

bool has_reader(core::Address address)
{
    switch (address.classid) {
        case RelationRelationId:
        case TypeRelationId:
        case ProcedureRelationId:
        case NamespaceRelationId:
        case ExtensionRelationId:
        case EventTriggerRelationId: return true;
        default: return false;
    }
}

Keeping keeping_of(const Subject &subject)
{
    if (subject.temporary) return settings::record_temp() ? Keeping::name_only : Keeping::not_at_all;
    if (subject.schema_name == "langchef_guard" || subject.schema_name == "pg_toast") return Keeping::not_at_all;
    if (!has_reader(subject.address)) return Keeping::name_only;
    if (catalog::is_recorded_object(subject.address)) return Keeping::definition;
    // An index attached to its parent's speaks when it differs from it.
    if (subject.address.classid == RelationRelationId) return Keeping::definition;
    // Base and shell types have no reader.
    return subject.address.classid == TypeRelationId ? Keeping::name_only : Keeping::not_at_all;
}

core::Address kept_object(core::Address address)
{
    if (address.classid != PublicationRelRelationId && address.classid != PublicationNamespaceRelationId) {
        return catalog::containing_object(address);
    }
    const Oid publication = pg::call([address] {
        const bool relation = address.classid == PublicationRelRelationId;
        const HeapTuple tuple =
            SearchSysCache1(relation ? PUBLICATIONREL : PUBLICATIONNAMESPACE, ObjectIdGetDatum(address.objid));
        if (!HeapTupleIsValid(tuple)) return InvalidOid;
        const Oid found = relation ? reinterpret_cast<const FormData_pg_publication_rel *>(GETSTRUCT(tuple))->prpubid
                                   : reinterpret_cast<const FormData_pg_publication_namespace *>(GETSTRUCT(tuple))->pnpubid;
        ReleaseSysCache(tuple);
        return found;
    });
    return {PublicationRelationId, publication, 0};
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
