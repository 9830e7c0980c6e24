#include "guard/installation.hpp"
#include "ledger/record.hpp"
#include "pg/call.hpp"

namespace ledger {
namespace {

enum class Version {
    own,      // written by this transaction
    earlier,  // there before this transaction began to change it
    neither   // of another transaction that is under way, was rolled back, or replaced it long ago
};

// Inside pg::call only.
Version version_of(HeapTuple tuple)
{
    const HeapTupleHeader header = tuple->t_data;
    const TransactionId writer = HeapTupleHeaderGetXmin(header);
    if (TransactionIdIsCurrentTransactionId(writer)) return Version::own;
    if (TransactionIdIsInProgress(writer) || !TransactionIdDidCommit(writer)) return Version::neither;
    if ((header->t_infomask & HEAP_XMAX_INVALID) != 0 || HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask)) return Version::earlier;
    const TransactionId remover = HeapTupleHeaderGetUpdateXid(header);
    if (TransactionIdIsCurrentTransactionId(remover)) return Version::earlier;
    return TransactionIdDidCommit(remover) ? Version::neither : Version::earlier;
}

// Whether all versions of a catalog row that count are this transaction's.
// The ones from before stay in the catalog at least until the transaction
// ends, so the answer is exact, whatever was renamed or altered since.
bool only_own_versions(Oid catalog, Oid index, ScanKeyData *keys, int count)
{
    bool own = false;
    bool earlier = false;
    const Relation relation = table_open(catalog, AccessShareLock);
    const SysScanDesc scan = systable_beginscan(relation, index, true, SnapshotAny, count, keys);
    for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple) && !earlier; tuple = systable_getnext(scan)) {
        const Version version = version_of(tuple);
        own = own || version == Version::own;
        earlier = version == Version::earlier;
    }
    systable_endscan(scan);
    table_close(relation, AccessShareLock);
    return own && !earlier;
}

}  // namespace

bool created_in_this_transaction(core::Address address)
{
    if (!guard::assigned_xid()) return false;
    return pg::call([address] {
        ScanKeyData keys[2];
        if (address.classid == RelationRelationId && address.objsubid != 0) {
            ScanKeyInit(&keys[0], Anum_pg_attribute_attrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(address.objid));
            ScanKeyInit(&keys[1], Anum_pg_attribute_attnum, BTEqualStrategyNumber, F_INT2EQ,
                        Int16GetDatum(static_cast<int16>(address.objsubid)));
            return only_own_versions(AttributeRelationId, AttributeRelidNumIndexId, keys, 2);
        }
        if (!is_objectclass_supported(address.classid)) return false;
        ScanKeyInit(&keys[0], get_object_attnum_oid(address.classid), BTEqualStrategyNumber, F_OIDEQ,
                    ObjectIdGetDatum(address.objid));
        return only_own_versions(address.classid, get_object_oid_index(address.classid), keys, 1);
    });
}

}  // namespace ledger
