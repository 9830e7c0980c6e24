#pragma once

#include "pg/call.hpp"

// Rows of catalogs that a scan found on its way, for the scans to come.
namespace catalog {

// Rows under the keys of one scan, and those of other keys among them.
struct RowsAhead {
    HeapTupleData *rows;
    std::size_t count;
    TupleDesc descriptor;
    ScanKeyData *filter;  // what a row must have besides
    std::size_t filter_count;
    int *readers;  // counts who goes through the rows: while it is not 0, they stay
};

// While one lives, a scan under one of the keys that objects are read by goes on beyond its own rows, and the next ones
// find theirs in memory: to start a scan costs far more than to go on with one.  For who reads many objects about in the
// order of their OIDs.  The rows are good for as long as the server takes its own snapshot of the catalogs for fresh, that
// is, until another session is known to have changed a catalog; what the session itself changes meanwhile is not seen.
// Made and destroyed outside of pg::call.
class ReadAhead {
  public:
    ReadAhead();
    ~ReadAhead();
    ReadAhead(const ReadAhead &) = delete;
    ReadAhead &operator=(const ReadAhead &) = delete;

    // Gives up all rows of the one that lives, if any, and with them what an error left of those who went through some.
    static void forget();

  private:
    struct Memory;
    friend bool rows_ahead(Oid catalog, Oid index, ScanKeyData *keys, std::size_t count, RowsAhead *found);

    Memory *memory_;
    ReadAhead *outer_;
};

// Whether the rows under the keys (all of them for equality with an oid or int4) are in memory or could be brought there;
// in the index's order.  Inside pg::call.
bool rows_ahead(Oid catalog, Oid index, ScanKeyData *keys, std::size_t count, RowsAhead *found);

// Whether one lives, and may use the catalogs' indexes.
bool reads_ahead();

inline bool passes(const RowsAhead &ahead, HeapTuple tuple)
{
    for (std::size_t i = 0; i < ahead.filter_count; ++i) {
        bool null = false;
        const Datum value = heap_getattr(tuple, ahead.filter[i].sk_attno, ahead.descriptor, &null);
        if (null || DatumGetInt32(value) != DatumGetInt32(ahead.filter[i].sk_argument)) return false;
    }
    return true;
}

}  // namespace catalog
