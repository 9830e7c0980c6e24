#include "catalog/stamps.hpp"

namespace catalog {
namespace {

// What shows of a relation in texts that go through another one is in its own rows.
bool is_of_relation(Oid catalog)
{
    return catalog == RelationRelationId || catalog == ConstraintRelationId || catalog == TriggerRelationId || catalog == RewriteRelationId ||
           catalog == AttrDefaultRelationId || catalog == PolicyRelationId;
}

// Both ascending.
bool has_any(const std::vector<std::uint32_t> &oids, const std::vector<std::uint32_t> &of)
{
    return std::any_of(oids.begin(), oids.end(), [&of](std::uint32_t oid) { return std::binary_search(of.begin(), of.end(), oid); });
}

}  // namespace

Stamps::Stamps(core::CatalogMap &map) : map_(map), pass_(pass_over_catalogs(map, index_)), stamps_(map.groups.size())
{
    for (const auto &catalog : map.catalogs) {
        for (const auto &page : catalog.pages) {
            for (const auto &share : page.shares) stamps_[share.group].add(share.stamp);
        }
    }
}

core::Address Stamps::head(std::uint32_t group) const
{
    if (group >= map_.groups.size()) return {shared(group).catalog, shared(group).object, 0};
    const auto &node = map_.groups[group].nodes.front();
    return {node.catalog, node.object, 0};
}

const core::NodeIndex &Stamps::index() const
{
    if (!index_) index_.emplace(map_);
    return *index_;
}

std::uint32_t Stamps::group_of(core::Address object) const
{
    const auto at = std::lower_bound(pass_.shared.begin(), pass_.shared.end(), object.objid, [](const auto &one, Oid oid) { return one.object < oid; });
    for (auto one = at; one != pass_.shared.end() && one->object == object.objid; ++one) {
        if (one->catalog == object.classid) return static_cast<std::uint32_t>(map_.groups.size() + static_cast<std::size_t>(one - pass_.shared.begin()));
    }
    return index().group_of(object.classid, object.objid);
}

// OIDs in the groups, ascending.
std::vector<std::uint32_t> Stamps::oids_of(const std::vector<char> &groups, bool of_relations) const
{
    std::vector<std::uint32_t> oids;
    for (std::uint32_t group = 0; group < groups.size(); ++group) {
        if (groups[group] == 0) continue;
        if (group >= map_.groups.size()) {
            oids.push_back(shared(group).object);
            continue;
        }
        for (const auto &node : map_.groups[group].nodes) {
            if (of_relations || !is_of_relation(node.catalog)) oids.push_back(node.object);
        }
    }
    std::sort(oids.begin(), oids.end());
    return oids;
}

void Stamps::spread(std::vector<char> &marked) const
{
    std::vector<char> frontier = marked;
    for (bool first = true;; first = false) {
        const auto oids = oids_of(frontier, first);
        std::vector<char> next(marked.size(), 0);
        bool any = false;
        for (std::uint32_t i = 0; i < map_.groups.size(); ++i) {
            if (marked[i] != 0) continue;
            const auto &group = map_.groups[i];
            if (!(first && group.misses) && !has_any(group.mentioned, oids)) continue;
            marked[i] = next[i] = 1;
            any = true;
        }
        if (!any) return;
        frontier = std::move(next);
    }
}

std::vector<core::Address> Stamps::objects(const std::vector<char> &marked) const
{
    std::vector<core::Address> addresses;
    for (std::uint32_t group = 0; group < groups(); ++group) {
        if (marked[group] == 0) continue;
        if (group >= map_.groups.size()) {
            addresses.push_back(head(group));
            continue;
        }
        for (const auto &node : map_.groups[group].nodes) {
            if (node.is_object) addresses.push_back({node.catalog, node.object, 0});
        }
    }
    std::sort(addresses.begin(), addresses.end());
    return addresses;
}

}  // namespace catalog
