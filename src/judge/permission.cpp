#include "catalog/reader.hpp"
#include "intercept/describe.hpp"
#include "judge/judge.hpp"

namespace judge {
namespace {

struct Place {
    Oid owner;
    Oid schema;
};

// Owner and schema of an object, as far as its kind has them.
Place place_of(core::Address address)
{
    Place place{InvalidOid, InvalidOid};
    if (!is_objectclass_supported(address.classid)) return place;
    const int cache = get_object_catcache_oid(address.classid);
    const AttrNumber owner_column = get_object_attnum_owner(address.classid);
    const AttrNumber schema_column = get_object_attnum_namespace(address.classid);
    if (cache < 0 || owner_column == InvalidAttrNumber) return place;
    const HeapTuple tuple = SearchSysCache1(cache, ObjectIdGetDatum(address.objid));
    if (!HeapTupleIsValid(tuple)) return place;
    bool null = false;
    place.owner = DatumGetObjectId(SysCacheGetAttr(cache, tuple, owner_column, &null));
    if (schema_column != InvalidAttrNumber) place.schema = DatumGetObjectId(SysCacheGetAttr(cache, tuple, schema_column, &null));
    ReleaseSysCache(tuple);
    return place;
}

bool owns(core::Address address)
{
    return pg::call([address] {
        const Oid user = GetUserId();
        const Place place = place_of(address);
        if (!OidIsValid(place.owner) || has_privs_of_role(user, place.owner)) return true;
        // The owner of a schema may drop what is in it.
        const Place schema = OidIsValid(place.schema) ? place_of({NamespaceRelationId, place.schema, 0}) : Place{InvalidOid, InvalidOid};
        return OidIsValid(schema.owner) && has_privs_of_role(user, schema.owner);
    });
}

}  // namespace

void require_ownership(core::Address address)
{
    const core::Address container = catalog::containing_object(address);
    if (owns(container)) return;
    throw pg::GuardError(ERRCODE_INSUFFICIENT_PRIVILEGE,
                         "must be owner of " + intercept::object_type_of(container) + ' ' + intercept::identity_of(container));
}

void require_truncate_privilege(Oid relation)
{
    const bool allowed = pg::call([relation] { return pg_class_aclcheck(relation, GetUserId(), ACL_TRUNCATE) == ACLCHECK_OK; });
    if (allowed) return;
    const core::Address address = intercept::address_of(RelationRelationId, relation);
    throw pg::GuardError(ERRCODE_INSUFFICIENT_PRIVILEGE,
                         "permission denied for " + intercept::object_type_of(address) + ' ' + intercept::identity_of(address));
}

}  // namespace judge
