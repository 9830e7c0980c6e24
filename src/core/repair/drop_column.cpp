#include "core/repair/drop_column.hpp"

#include <algorithm>

#include "core/repair/heirs.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/parent_parts.hpp"
#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// Whether the heir's column would go with its parent's and is to stay.
bool outlives(const Scene &scene, const Fact &heir)
{
    const auto wanted = scene.to.find(heir.id);
    if (wanted == scene.to.end() || flag_of(heir, "local")) return false;
    return !comes_from_parent(wanted->second);
}

// Not where the table leaves its parent before, as a partition does that keeps a column.
bool stays_in_family(const Scene &scene, const Fact &heir)
{
    const auto before = scene.from.find(heir.parent);
    const auto after = scene.to.find(heir.parent);
    return before != scene.from.end() && after != scene.to.end() && !has(before->second, "partition_of");
}

// Whether the table leaves the parents that give it the column: it has that as its own by then.
bool is_left_behind(const Scene &scene, const Fact &column)
{
    const auto was = scene.from.find(column.parent);
    if (was == scene.from.end() || !scene.to.contains(column.parent)) return false;
    const auto left = ancestors_left(scene, was->second);
    const auto gives = [&](const std::vector<const Fact *> &parents) {
        return std::any_of(parents.begin(), parents.end(), [&](const Fact *parent) { return scene.from.contains(namesake(column, parent->id)); });
    };
    const auto all = ancestors_of(scene.from, parents_of(was->second));
    std::vector<const Fact *> kept;
    std::copy_if(all.begin(), all.end(), std::back_inserter(kept), [&](const Fact *parent) { return std::find(left.begin(), left.end(), parent) == left.end(); });
    return gives(left) && !gives(kept);
}

}  // namespace

void drop_column(const Scene &scene, const Fact &from, Steps &steps)
{
    if (!flag_of(from, "inherited")) add_column_drop(scene, from, Heirs::follow, steps);
}

void drop_column_of_family(const Scene &scene, const Mentions &from, const Fact &column, Steps &steps)
{
    if (flag_of(column, "inherited")) {
        if (is_left_behind(scene, column)) add_column_drop(scene, column, Heirs::follow, steps);
        return;
    }
    std::unordered_set<const Fact *> seen;
    std::vector<const Fact *> open{&column};
    while (!open.empty()) {
        const auto *const at = open.back();
        open.pop_back();
        if (!seen.insert(at).second) continue;
        const auto family = heirs_of(scene.from, from, *at);
        const bool parts = std::any_of(family.begin(), family.end(), [&](const Fact *heir) { return heir != at && stays_in_family(scene, *heir) && outlives(scene, *heir); });
        add_column_drop(scene, *at, parts ? Heirs::stay : Heirs::follow, steps);
        if (!parts) continue;
        for (const auto *const child : children_of(scene.from, from, *at)) {
            if (!scene.to.contains(child->id) && scene.to.contains(child->parent)) open.push_back(child);
        }
    }
}

}  // namespace core::repair
