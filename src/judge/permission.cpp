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
    const AttrNumber owner_column = get_object_attnum_owner(address.classid);
    const AttrNumber schema_column = get_object_attnum_namespace(address.classid);
    if (owner_column == InvalidAttrNumber) return place;
    // Not every catalog has a cache: extensions have none.
    const Relation catalog = table_open(address.classid, AccessShareLock);
    const HeapTuple tuple = get_catalog_object_by_oid(catalog, get_object_attnum_oid(address.classid), address.objid);
    if (HeapTupleIsValid(tuple)) {
        const TupleDesc columns = RelationGetDescr(catalog);
        bool null = false;
        place.owner = DatumGetObjectId(heap_getattr(tuple, owner_column, columns, &null));
        // An extension has a schema, but is not in it.
        const bool inside = schema_column != InvalidAttrNumber && address.classid != ExtensionRelationId;
        if (inside) place.schema = DatumGetObjectId(heap_getattr(tuple, schema_column, columns, &null));
    }
    table_close(catalog, AccessShareLock);
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
