#pragma once

#include "pg/call.hpp"

// Catalog scans, inside pg::call only.
namespace catalog {

inline ScanKeyData key_oid(AttrNumber column, Oid value)
{
    ScanKeyData key;
    ScanKeyInit(&key, column, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(value));
    return key;
}

inline ScanKeyData key_int4(AttrNumber column, int32 value)
{
    ScanKeyData key;
    ScanKeyInit(&key, column, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(value));
    return key;
}

// Calls each(tuple, descriptor) for the catalog's visible rows under the keys,
// in index order, own changes included.  With no index the whole catalog is read.
template <std::size_t Count, typename Each>
void scan(Oid catalog, Oid index, std::array<ScanKeyData, Count> keys, Each each)
{
    const Relation relation = table_open(catalog, AccessShareLock);
    const SysScanDesc rows =
        systable_beginscan(relation, index, OidIsValid(index), nullptr, static_cast<int>(Count), keys.data());
    for (HeapTuple tuple = systable_getnext(rows); HeapTupleIsValid(tuple); tuple = systable_getnext(rows)) {
        CHECK_FOR_INTERRUPTS();
        each(tuple, RelationGetDescr(relation));
    }
    systable_endscan(rows);
    table_close(relation, AccessShareLock);
}

template <typename Each>
void scan(Oid catalog, Oid index, ScanKeyData key, Each each)
{
    scan(catalog, index, std::array<ScanKeyData, 1>{key}, each);
}

// The fixed part of a catalog row.
template <typename Form>
const Form *form_of(HeapTuple tuple)
{
    return reinterpret_cast<const Form *>(GETSTRUCT(tuple));
}

// Calls each(row) for what depends on a role, in every database: what it owns or was granted, and policies for it.
template <typename Each>
void scan_dependents_of_role(Oid role, Each each)
{
    scan(SharedDependRelationId, SharedDependReferenceIndexId,
         std::array{key_oid(Anum_pg_shdepend_refclassid, AuthIdRelationId), key_oid(Anum_pg_shdepend_refobjid, role)},
         [&each](HeapTuple tuple, TupleDesc) { each(*form_of<FormData_pg_shdepend>(tuple)); });
}

// The place of a row among those of one scan.
using Place = double (*)(HeapTuple tuple);
inline double attribute_number(HeapTuple tuple) { return form_of<FormData_pg_attribute>(tuple)->attnum; }

// As scan, in ascending order of the place.  That is the index's order, which
// a scan has not where the server was told to leave its indexes alone.
template <typename Each>
void scan_in_order(Oid catalog, Oid index, ScanKeyData key, Place place, Each each)
{
    if (!IgnoreSystemIndexes) {
        scan(catalog, index, key, each);
        return;
    }
    List *rows = NIL;
    TupleDesc descriptor = nullptr;
    scan(catalog, index, key, [&](HeapTuple tuple, TupleDesc row) {
        if (descriptor == nullptr) descriptor = CreateTupleDescCopy(row);
        int at = list_length(rows);
        while (at > 0 && place(static_cast<HeapTuple>(list_nth(rows, at - 1))) > place(tuple)) --at;
        rows = list_insert_nth(rows, at, heap_copytuple(tuple));
    });
    for (int i = 0; i < list_length(rows); ++i) each(static_cast<HeapTuple>(list_nth(rows, i)), descriptor);
}

// A column beyond the fixed part.
struct Field {
    Datum value;
    bool null;
};

inline Field field(HeapTuple tuple, TupleDesc descriptor, int column)
{
    Field found{};
    found.value = heap_getattr(tuple, column, descriptor, &found.null);
    return found;
}

inline Field field(int cache, HeapTuple tuple, int column)
{
    Field found{};
    found.value = SysCacheGetAttr(cache, tuple, static_cast<AttrNumber>(column), &found.null);
    return found;
}

inline char *field_text(Field found) { return found.null ? nullptr : TextDatumGetCString(found.value); }

}  // namespace catalog
