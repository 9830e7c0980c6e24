#include "intercept/describe.hpp"

#include "catalog/reader.hpp"
#include "core/shown.hpp"

namespace intercept {
namespace {

ObjectAddress server_address(core::Address address)
{
    ObjectAddress object;
    ObjectAddressSubSet(object, address.classid, address.objid, address.objsubid);
    return object;
}

}  // namespace

std::string object_type_of(core::Address address)
{
    const ObjectAddress object = server_address(address);
    return pg::text_of(pg::call([&object] { return static_cast<const char *>(getObjectTypeDescription(&object, true)); }));
}

std::string identity_of(core::Address address)
{
    const ObjectAddress object = server_address(address);
    return pg::text_of(pg::call([&object] { return static_cast<const char *>(getObjectIdentity(&object, true)); }));
}

std::string name_in_message(core::Address address)
{
    if (address.classid == RelationRelationId && address.objsubid != 0) {
        const std::string column = pg::text_of(pg::call([address] {
            return static_cast<const char *>(get_attname(address.objid, static_cast<AttrNumber>(address.objsubid), true));
        }));
        return core::shown("column \"" + column + "\" of ") + name_in_message({address.classid, address.objid, 0});
    }
    const core::Address container = catalog::containing_object(address);
    const std::string identity = identity_of(address);
    // The identity of a constraint, trigger, rule or policy is "name on relation".
    const std::string suffix = " on " + identity_of(container);
    const bool on_relation = container != address && identity.size() > suffix.size() && identity.compare(identity.size() - suffix.size(), suffix.size(), suffix) == 0;
    if (!on_relation) return object_type_of(address) + ' ' + core::in_quotes(identity);
    std::string type = object_type_of(address);
    if (address.classid == ConstraintRelationId) type = "constraint";
    return type + ' ' + core::in_quotes(identity.substr(0, identity.size() - suffix.size())) + " of " + name_in_message(container);
}

core::Effect effect_on(std::string_view rule, std::string_view verb, core::Address address)
{
    core::Effect effect;
    effect.rule = rule;
    effect.object = address;
    effect.relation = catalog::containing_object(address);
    effect.object_type = object_type_of(address);
    effect.identity = identity_of(address);
    effect.phrase = std::string(verb) + ' ' + name_in_message(address);
    return effect;
}

bool is_temporary(core::Address address)
{
    const core::Address container = catalog::containing_object(address);
    const Oid schema = pg::call([container] {
        if (container.classid == RelationRelationId) return get_rel_namespace(container.objid);
        if (container.classid == NamespaceRelationId) return static_cast<Oid>(container.objid);
        const ObjectAddress object{container.classid, container.objid, 0};
        if (!is_objectclass_supported(container.classid)) return InvalidOid;
        const AttrNumber column = get_object_attnum_namespace(container.classid);
        const int cache = get_object_catcache_oid(container.classid);
        if (column == InvalidAttrNumber || cache < 0) return InvalidOid;
        const HeapTuple tuple = SearchSysCache1(cache, ObjectIdGetDatum(object.objectId));
        if (!HeapTupleIsValid(tuple)) return InvalidOid;
        bool null = false;
        const Datum value = SysCacheGetAttr(cache, tuple, column, &null);
        const Oid found = null ? InvalidOid : DatumGetObjectId(value);
        ReleaseSysCache(tuple);
        return found;
    });
    return OidIsValid(schema) && pg::call([schema] { return isAnyTempNamespace(schema); });
}

std::string count_of(std::int64_t count, std::string_view noun)
{
    std::string text = std::to_string(count) + ' ' + std::string(noun);
    if (count != 1) text += 's';
    return text;
}

}  // namespace intercept
