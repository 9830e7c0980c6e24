#include "core/catalog_map.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

constexpr std::size_t least_slots = 1024;

// OIDs that were given one after the other lie together, and so do the rows that name them.
std::size_t hash_of_oid(std::uint32_t object) { return static_cast<std::size_t>(scatter(object >> 4) << 4) | (object & 15); }

}  // namespace

NodeIndex::NodeIndex() { grow(0); }

NodeIndex::NodeIndex(const CatalogMap &map)
{
    std::size_t nodes = 0;
    for (const auto &group : map.groups) nodes += group.nodes.size();
    grow(nodes + nodes / 8);
    for (std::size_t i = 0; i < map.groups.size(); ++i) {
        for (const auto &node : map.groups[i].nodes) add(node, static_cast<std::uint32_t>(i));
    }
}

void NodeIndex::grow(std::size_t nodes)
{
    std::size_t count = least_slots;
    while (count / 2 < nodes) count *= 2;
    const auto before = std::move(slots_);
    slots_.assign(count, Slot{0, 0, CatalogMap::no_group, false});
    used_ = 0;
    for (const auto &slot : before) {
        if (slot.group == CatalogMap::no_group) continue;
        slots_[place_of(slot.catalog, slot.object)] = slot;
        ++used_;
    }
}

std::size_t NodeIndex::place_of(std::uint32_t catalog, std::uint32_t object) const
{
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = hash_of_oid(object) & mask;
    while (slots_[at].catalog != 0 && (slots_[at].object != object || slots_[at].catalog != catalog)) at = (at + 1) & mask;
    return at;
}

std::uint32_t NodeIndex::group_of(std::uint32_t catalog, std::uint32_t object) const { return slots_[place_of(catalog, object)].group; }

bool NodeIndex::is_object(std::uint32_t object) const
{
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash_of_oid(object) & mask; slots_[at].catalog != 0; at = (at + 1) & mask) {
        if (slots_[at].object == object && slots_[at].group != CatalogMap::no_group && slots_[at].is_object) return true;
    }
    return false;
}

void NodeIndex::add(const CatalogMap::Node &node, std::uint32_t group)
{
    if (used_ + 1 > slots_.size() / 2) grow(used_ * 2);
    auto &slot = slots_[place_of(node.catalog, node.object)];
    if (slot.catalog == 0) ++used_;
    slot = {node.catalog, node.object, group, node.is_object};
}

void NodeIndex::remove(const CatalogMap::Node &node)
{
    auto &slot = slots_[place_of(node.catalog, node.object)];
    slot.group = CatalogMap::no_group;
    slot.is_object = false;
}

}  // namespace core
