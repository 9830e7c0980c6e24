#include "guard/installation.hpp"
#include "ledger/record.hpp"
#include "ledger/version.hpp"

namespace ledger {
namespace {

// Whether every version of the row that counts is this transaction's.
// Inside pg::call only.
template <std::size_t Count>
bool only_own_versions(Oid catalog, Oid index, const std::array<ScanKeyData, Count> &keys)
{
    bool own = false;
    bool earlier = false;
    each_version(catalog, index, keys, [&](HeapTuple tuple) {
        const Version version = version_of(tuple);
        own = own || version == Version::own;
        earlier = earlier || version == Version::removed || version == Version::current;
    });
    return own && !earlier;
}

bool created_column(core::Address address)
{
    std::array<ScanKeyData, 2> keys;
    ScanKeyInit(&keys[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(address.objid));
    ScanKeyInit(&keys[1], Anum_pg_attribute_attnum, BTEqualStrategyNumber, F_INT2EQ,
                Int16GetDatum(static_cast<int16>(address.objsubid)));
    return only_own_versions(AttributeRelationId, AttributeRelidNumIndexId, keys);
}

}  // namespace

bool created_in_this_transaction(core::Address address)
{
    if (!guard::assigned_xid()) return false;
    return pg::call([address] {
        if (address.classid == RelationRelationId && address.objsubid != 0) return created_column(address);
        // The address of a large object names its pages, the catalog of its own is another.
        const Oid catalog = address.classid == LargeObjectRelationId ? LargeObjectMetadataRelationId : address.classid;
        if (!is_objectclass_supported(catalog)) return false;
        std::array<ScanKeyData, 1> key;
        ScanKeyInit(&key[0], get_object_attnum_oid(catalog), BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(address.objid));
        return only_own_versions(catalog, get_object_oid_index(catalog), key);
    });
}

bool joined_in_this_transaction(std::uint32_t child, std::uint32_t parent)
{
    if (!guard::assigned_xid()) return false;
    return pg::call([child, parent] {
        std::array<ScanKeyData, 1> key;
        ScanKeyInit(&key[0], Anum_pg_inherits_inhrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(child));
        bool own = false;
        bool earlier = false;
        each_version(InheritsRelationId, InheritsRelidSeqnoIndexId, key, [&](HeapTuple tuple) {
            if (reinterpret_cast<Form_pg_inherits>(GETSTRUCT(tuple))->inhparent != parent) return;
            const Version version = version_of(tuple);
            own = own || version == Version::own;
            earlier = earlier || version == Version::removed || version == Version::current;
        });
        return own && !earlier;
    });
}

bool was_inherited(std::uint32_t constraint)
{
    return pg::call([constraint] {
        bool inherited = false;
        std::array<ScanKeyData, 1> key;
        ScanKeyInit(&key[0], Anum_pg_constraint_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(constraint));
        each_version(ConstraintRelationId, ConstraintOidIndexId, key, [&inherited](HeapTuple tuple) {
            const auto *const form = reinterpret_cast<const FormData_pg_constraint *>(GETSTRUCT(tuple));
            const bool clone = OidIsValid(form->conparentid) || (form->coninhcount > 0 && !form->conislocal);
            if (clone && version_of(tuple) == Version::removed) inherited = true;
        });
        return inherited;
    });
}

}  // namespace ledger
