#include "catalog/page_scribe.hpp"

namespace catalog {
namespace {

template <typename Item>
void append(MemoryContext context, Item *&items, std::size_t &count, std::size_t &room, const Item &item)
{
    if (count == room) {
        room = room == 0 ? 64 : room * 2;
        const Size size = room * sizeof(Item);
        items = static_cast<Item *>(items == nullptr ? MemoryContextAllocHuge(context, size) : repalloc_huge(items, size));
    }
    items[count++] = item;
}

}  // namespace

void PageScribe::begin_page()
{
    common_ = {};
    run_count_ = join_count_ = mention_count_ = 0;
}

void PageScribe::count(ObjectAddress object, Oid catalog, HeapTuple tuple, bool for_all, bool is_its)
{
    const TransactionId writer = HeapTupleHeaderGetRawXmin(tuple->t_data);
    const std::uint64_t place = (std::uint64_t{ItemPointerGetBlockNumber(&tuple->t_self)} << 16) | ItemPointerGetOffsetNumber(&tuple->t_self);
    const core::Stamp stamp = core::row_stamp(catalog, place, writer);
    const bool is_common = object.classId == InvalidOid;
    if (for_all || is_common) common_.add(stamp);
    if (is_common) return;
    const bool own = TransactionIdIsValid(own_) && !HeapTupleHeaderXminFrozen(tuple->t_data) && TransactionIdIsCurrentTransactionId(writer);
    // Rows of an object mostly come one after the other.
    const bool goes_on = run_count_ > 0 && runs_[run_count_ - 1].object == object.objectId && runs_[run_count_ - 1].catalog == object.classId;
    if (!goes_on) append(context_, runs_, run_count_, run_room_, core::PageRows::Run{object.classId, object.objectId, false, false, {}});
    core::PageRows::Run &last = runs_[run_count_ - 1];
    last.stamp.add(stamp);
    last.own = last.own || own;
    last.is_object = last.is_object || is_its;
}

void PageScribe::join(ObjectAddress object, Oid catalog, Oid other)
{
    if (object.classId == InvalidOid || !OidIsValid(other) || counted_object(catalog, other).classId == InvalidOid) return;
    if (object.classId == catalog && object.objectId == other) return;
    append(context_, joins_, join_count_, join_room_, core::PageRows::Join{object.classId, object.objectId, catalog, other});
}

void PageScribe::mention(ObjectAddress object, Oid other)
{
    if (object.classId == InvalidOid || !may_be_users(other) || other == object.objectId) return;
    if (mention_count_ > 0) {
        const core::PageRows::Mention &last = mentions_[mention_count_ - 1];
        if (last.object == object.objectId && last.catalog == object.classId && last.mentioned == other) return;
    }
    append(context_, mentions_, mention_count_, mention_room_, core::PageRows::Mention{object.classId, object.objectId, other});
}

}  // namespace catalog
