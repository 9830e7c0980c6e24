#pragma once

#include "pg/call.hpp"

namespace ledger {

// What a version of a catalog row is to the current transaction.
enum class Version {
    own,      // written by it
    removed,  // there before, deleted or replaced by it
    current,  // there before, untouched by it
    neither   // of another transaction that is under way, was rolled back, or replaced it long ago
};

// Inside pg::call only.
inline Version version_of(HeapTuple tuple)
{
    const HeapTupleHeader header = tuple->t_data;
    const TransactionId writer = HeapTupleHeaderGetXmin(header);
    if (TransactionIdIsCurrentTransactionId(writer)) return Version::own;
    if (TransactionIdIsInProgress(writer) || !TransactionIdDidCommit(writer)) return Version::neither;
    if ((header->t_infomask & HEAP_XMAX_INVALID) != 0 || HEAP_XMAX_IS_LOCKED_ONLY(header->t_infomask)) return Version::current;
    const TransactionId remover = HeapTupleHeaderGetUpdateXid(header);
    if (TransactionIdIsCurrentTransactionId(remover)) return Version::removed;
    return TransactionIdDidCommit(remover) ? Version::neither : Version::current;
}

// Calls each(tuple) for all versions of the rows under the keys.  Those from
// before the transaction stay in the catalog at least until it ends, so they
// tell exactly what it found.  Inside pg::call only.
template <std::size_t Count, typename Each>
void each_version(Oid catalog, Oid index, std::array<ScanKeyData, Count> keys, Each each)
{
    const Relation relation = table_open(catalog, AccessShareLock);
    const SysScanDesc scan = systable_beginscan(relation, index, true, SnapshotAny, static_cast<int>(Count), keys.data());
    for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
        CHECK_FOR_INTERRUPTS();
        each(tuple);
    }
    systable_endscan(scan);
    table_close(relation, AccessShareLock);
}

}  // namespace ledger
