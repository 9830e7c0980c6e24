#include "core/repair/drop_column.hpp"

#include <algorithm>

#include "core/repair/heirs.hpp"
#include "core/repair/joining.hpp"
#include "core/repair/makers.hpp"
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

// Whether the table stays and leaves the parents that give it the column, which is its own by then.
bool is_left_behind(const Scene &scene, const Fact &column) { return scene.to.contains(column.parent) && !is_given_throughout(scene, column); }

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
