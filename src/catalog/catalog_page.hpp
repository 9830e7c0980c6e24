#pragma once

#include "pg/call.hpp"

// Catalogs page by page, for those who want to know whether a page was written since; inside pg::call only.
namespace catalog {

// The rows of a page that a snapshot sees.
struct VisibleRows {
    // Where the log ends that the page has, as of the look at it.
    XLogRecPtr written;
    // Whether any later snapshot sees the same, as long as the page is not written again: the transactions that made or
    // deleted the rows on it are over, and not only since the snapshot.
    bool is_final;
    // Whether the page says itself that all see its rows.
    bool is_marked;
    int count;
    OffsetNumber offsets[MaxHeapTuplesPerPage];
};

// The page in the buffer must be pinned.
void find_visible_rows(Relation catalog, Buffer buffer, Snapshot snapshot, VisibleRows *rows);

// A row of a page, good as long as the page is pinned.
HeapTupleData row_at(Relation catalog, Buffer buffer, OffsetNumber offset);

}  // namespace catalog
