#include "catalog/catalog_page.hpp"

namespace catalog {
namespace {

// By the hints that the look at its visibility left in the row.
bool is_final(const HeapTupleHeaderData *row, bool is_visible)
{
    const auto hints = row->t_infomask;
    const auto has = [hints](int hint) { return (hints & hint) != 0; };
    if (has(HEAP_MOVED)) return false;
    const bool is_locked_only = HEAP_XMAX_IS_LOCKED_ONLY(hints);
    if (is_visible) return has(HEAP_XMIN_COMMITTED) && (has(HEAP_XMAX_INVALID) || is_locked_only);
    if (!has(HEAP_XMIN_COMMITTED)) return has(HEAP_XMIN_INVALID);
    return has(HEAP_XMAX_COMMITTED) && !has(HEAP_XMAX_IS_MULTI) && !is_locked_only;
}

}  // namespace

HeapTupleData row_at(Relation catalog, Buffer buffer, OffsetNumber offset)
{
    const Page page = BufferGetPage(buffer);
    const ItemId item = PageGetItemId(page, offset);
    HeapTupleData row;
    row.t_data = reinterpret_cast<HeapTupleHeader>(PageGetItem(page, item));
    row.t_len = ItemIdGetLength(item);
    row.t_tableOid = RelationGetRelid(catalog);
    const BlockNumber block = BufferGetBlockNumber(buffer);
    row.t_self = ItemPointerData{{static_cast<uint16>(block >> 16), static_cast<uint16>(block)}, offset};
    return row;
}

void find_visible_rows(Relation catalog, Buffer buffer, Snapshot snapshot, VisibleRows *rows)
{
    rows->is_final = true;
    rows->count = 0;
    LockBuffer(buffer, BUFFER_LOCK_SHARE);
    const Page page = BufferGetPage(buffer);
    const auto last = static_cast<OffsetNumber>(PageGetMaxOffsetNumber(page));
    rows->is_marked = PageIsAllVisible(page);
    // A standby can be told so of rows that its own snapshots do not see yet.
    const bool all_visible = rows->is_marked && !snapshot->takenDuringRecovery;
    for (OffsetNumber offset = FirstOffsetNumber; offset <= last; offset = OffsetNumberNext(offset)) {
        if (!ItemIdIsNormal(PageGetItemId(page, offset))) continue;
        if (all_visible) {
            rows->offsets[rows->count++] = offset;
            continue;
        }
        HeapTupleData row = row_at(catalog, buffer, offset);
        const bool is_visible = HeapTupleSatisfiesVisibility(&row, snapshot, buffer);
        if (is_visible) rows->offsets[rows->count++] = offset;
        rows->is_final = rows->is_final && is_final(row.t_data, is_visible);
    }
    // After the rows: to leave a hint in them can be to write the page.
    rows->written = BufferGetLSNAtomic(buffer);
    LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
}

}  // namespace catalog
