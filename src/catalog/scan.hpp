#pragma once

#include "catalog/read_ahead.hpp"
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
    RowsAhead ahead;
    if (Count > 0 && rows_ahead(catalog, index, keys.data(), Count, &ahead)) {
        ++*ahead.readers;
        for (std::size_t i = 0; i < ahead.count; ++i) {
            CHECK_FOR_INTERRUPTS();
            if (passes(ahead, ahead.rows + i)) each(ahead.rows + i, ahead.descriptor);
        }
        --*ahead.readers;
        return;
    }
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

// A catalog by the OIDs of its rows, and the server's cache of them.
struct RowsByOid {
    int cache;
    Oid catalog;
    Oid index;
    AttrNumber column;
};
inline constexpr RowsByOid relation_rows{RELOID, RelationRelationId, ClassOidIndexId, Anum_pg_class_oid};
inline constexpr RowsByOid index_rows{INDEXRELID, IndexRelationId, IndexRelidIndexId, Anum_pg_index_indexrelid};
inline constexpr RowsByOid sequence_rows{SEQRELID, SequenceRelationId, SequenceRelidIndexId, Anum_pg_sequence_seqrelid};
inline constexpr RowsByOid type_rows{TYPEOID, TypeRelationId, TypeOidIndexId, Anum_pg_type_oid};

// Calls each(tuple) for the row with the OID, from what was read ahead, or else from the cache, where nothing is read
// ahead: for rows that are not asked for again.  Returns whether there is one.
template <typename Each>
bool with_row(const RowsByOid &rows, Oid oid, Each each)
{
    if (reads_ahead()) {
        bool found = false;
        scan(rows.catalog, rows.index, key_oid(rows.column, oid), [&](HeapTuple tuple, TupleDesc) {
            found = true;
            each(tuple);
        });
        return found;
    }
    const HeapTuple tuple = SearchSysCache1(rows.cache, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return false;
    each(tuple);
    ReleaseSysCache(tuple);
    return true;
}

// As get_rel_relkind: 0 where there is no such relation.
inline char relkind_of(Oid relation)
{
    char found = 0;
    with_row(relation_rows, relation, [&found](HeapTuple tuple) { found = form_of<FormData_pg_class>(tuple)->relkind; });
    return found;
}

// Calls each(tuple) for the rows of pg_depend that say what an object depends on.
template <typename Each>
void scan_references(Oid catalog, Oid object, Each each)
{
    scan(DependRelationId, DependDependerIndexId,
         std::array{key_oid(Anum_pg_depend_classid, catalog), key_oid(Anum_pg_depend_objid, object)},
         [&each](HeapTuple tuple, TupleDesc) { each(tuple); });
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
