#include "catalog/stamp_nodes.hpp"

#include "catalog/stamp_layout.hpp"

namespace catalog {
namespace {

constexpr std::uint32_t least_slots = 4096;
constexpr std::uint32_t most_slots = 1U << 30;

}  // namespace

NodeTable::NodeTable(std::size_t room)
    : context_(CurrentMemoryContext), room_(room), nodes_(static_cast<Stamps::Node *>(MemoryContextAllocHuge(context_, room * sizeof(Stamps::Node))))
{
    std::uint32_t count = least_slots;
    while (count < room_ * 2 && count < most_slots) count *= 2;
    make_slots(count);
}

void NodeTable::make_slots(std::uint32_t count)
{
    auto *const slots = static_cast<std::uint32_t *>(MemoryContextAllocExtended(context_, count * sizeof(std::uint32_t), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO));
    if (slots_ != nullptr) pfree(slots_);
    slots_ = slots;
    slot_mask_ = count - 1;
    for (std::uint32_t i = 0; i < count_; ++i) slots_[slot_of(nodes_[i].catalog, nodes_[i].object)] = i + 1;
}

std::uint32_t NodeTable::slot_of(Oid catalog, Oid object) const
{
    std::uint32_t at = hash_of(object) & slot_mask_;
    for (; slots_[at] != 0; at = (at + 1) & slot_mask_) {
        const Stamps::Node &node = nodes_[slots_[at] - 1];
        if (node.object == object && node.catalog == catalog) break;
    }
    return at;
}

std::uint32_t NodeTable::find(Oid catalog, Oid object) const
{
    const std::uint32_t at = slot_of(catalog, object);
    return slots_[at] != 0 ? slots_[at] - 1 : no_node;
}

std::uint32_t NodeTable::number_of(Oid catalog, Oid object)
{
    if (is_systems(catalog, object)) return common_node;
    if (last_ < count_ && nodes_[last_].object == object && nodes_[last_].catalog == catalog) return last_;
    const std::uint32_t at = slot_of(catalog, object);
    if (slots_[at] != 0) return last_ = slots_[at] - 1;
    if (count_ == room_) {
        nodes_ = static_cast<Stamps::Node *>(repalloc_huge(nodes_, room_ * 2 * sizeof(Stamps::Node)));
        room_ *= 2;
    }
    nodes_[count_] = Stamps::Node{catalog, object, count_, 0, {}, false, false};
    slots_[at] = ++count_;
    if (count_ > slot_mask_ / 2) make_slots((slot_mask_ + 1) * 2);
    return last_ = count_ - 1;
}

std::uint32_t NodeTable::count_gone() const
{
    return static_cast<std::uint32_t>(std::count_if(nodes_, nodes_ + count_, [](const Stamps::Node &node) { return !node.seen; }));
}

void NodeTable::begin_pass()
{
    for (std::uint32_t i = 0; i < count_; ++i) nodes_[i] = Stamps::Node{nodes_[i].catalog, nodes_[i].object, i, 0, {}, false, false};
}

std::uint32_t NodeTable::root_of(std::uint32_t number)
{
    while (nodes_[number].group != number) number = nodes_[number].group = nodes_[nodes_[number].group].group;
    return number;
}

void NodeTable::join(std::uint32_t a, std::uint32_t b)
{
    nodes_[a].seen = nodes_[b].seen = true;
    const std::uint32_t left = root_of(a);
    const std::uint32_t right = root_of(b);
    // The lower number stays: chains are short.
    if (left != right) nodes_[std::max(left, right)].group = std::min(left, right);
}

}  // namespace catalog
