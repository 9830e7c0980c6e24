#include "catalog/stamp_page.hpp"

#include "catalog/stamp_layout.hpp"

namespace catalog {
namespace {

template <typename Item>
Item &append(Item *&items, std::uint32_t &count, std::uint32_t &room)
{
    if (count == room) {
        room = room == 0 ? 64 : room * 2;
        items = static_cast<Item *>(items == nullptr ? palloc(room * sizeof(Item)) : repalloc_huge(items, room * sizeof(Item)));
    }
    return items[count++];
}

template <typename Item>
Item *copy_items(char *&to, const Item *from, std::uint32_t count)
{
    auto *const items = reinterpret_cast<Item *>(to);
    if (count > 0) std::memcpy(to, from, count * sizeof(Item));
    to += MAXALIGN(count * sizeof(Item));
    return items;
}

}  // namespace

void PageScribe::begin_page()
{
    record_.common = {};
    record_.counted_count = record_.joined_count = record_.mention_count = 0;
}

void PageScribe::count(std::uint32_t node, Oid catalog, HeapTuple tuple, bool for_all)
{
    const TransactionId writer = HeapTupleHeaderGetRawXmin(tuple->t_data);
    const std::uint64_t place = (std::uint64_t{ItemPointerGetBlockNumber(&tuple->t_self)} << 16) | ItemPointerGetOffsetNumber(&tuple->t_self);
    const core::Stamp stamp = core::row_stamp(catalog, place, writer);
    if (for_all || node == common_node) record_.common.add(stamp);
    if (node == common_node) return;
    const bool own = TransactionIdIsValid(own_) && !HeapTupleHeaderXminFrozen(tuple->t_data) && TransactionIdIsCurrentTransactionId(writer);
    // Rows of an object mostly come one after the other.
    if (record_.counted_count == 0 || record_.counted[record_.counted_count - 1].node != node) {
        append(record_.counted, record_.counted_count, counted_room_) = PageRecord::Counted{node, false, false, {}};
    }
    PageRecord::Counted &last = record_.counted[record_.counted_count - 1];
    last.stamp.add(stamp);
    last.own = last.own || own;
}

void PageScribe::count_object(std::uint32_t node, Oid catalog, HeapTuple tuple, bool for_all)
{
    count(node, catalog, tuple, for_all);
    if (node != common_node) record_.counted[record_.counted_count - 1].is_object = true;
}

void PageScribe::join(std::uint32_t node, Oid catalog, Oid object)
{
    if (node == common_node || !OidIsValid(object)) return;
    const std::uint32_t other = nodes_->number_of(catalog, object);
    if (other != common_node && other != node) append(record_.joined, record_.joined_count, joined_room_) = PageRecord::Pair{node, other};
}

void PageScribe::mention(std::uint32_t node, Oid object)
{
    if (node == common_node || !may_be_users(object) || object == (*nodes_)[node].object) return;
    if (record_.mention_count > 0) {
        const Stamps::Mention &last = record_.mentions[record_.mention_count - 1];
        if (last.node == node && last.object == object) return;
    }
    append(record_.mentions, record_.mention_count, mention_room_) = Stamps::Mention{node, object};
}

PageRecord *copy_record(const PageRecord &record, MemoryContext context)
{
    const Size size = MAXALIGN(sizeof(PageRecord)) + MAXALIGN(record.counted_count * sizeof(PageRecord::Counted)) +
                      MAXALIGN(record.joined_count * sizeof(PageRecord::Pair)) + MAXALIGN(record.mention_count * sizeof(Stamps::Mention));
    char *to = static_cast<char *>(MemoryContextAlloc(context, size));
    auto *const copy = reinterpret_cast<PageRecord *>(to);
    *copy = record;
    to += MAXALIGN(sizeof(PageRecord));
    copy->counted = copy_items(to, record.counted, record.counted_count);
    copy->joined = copy_items(to, record.joined, record.joined_count);
    copy->mentions = copy_items(to, record.mentions, record.mention_count);
    return copy;
}

}  // namespace catalog
