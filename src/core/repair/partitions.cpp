#include "core/repair/partitions.hpp"

#include <algorithm>

#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

bool goes(const std::string &parent, const Changes &changes) { return changes.rebuilt.contains("table:" + parent); }

}  // namespace

std::vector<const Fact *> children_of(const Scene &scene, const Changes &changes)
{
    std::vector<const Fact *> children;
    for (const auto &[id, fact] : scene.from) {
        if (fact.kind != "table" || changes.dropped.contains(id) || changes.rebuilt.contains(id)) continue;
        const auto &parents = list_of(fact, "inherits");
        const bool inherits = std::any_of(parents.begin(), parents.end(), [&](const std::string &parent) { return goes(parent, changes); });
        if (scene.to.contains(id) && (inherits || goes(text_of(fact, "partition_of"), changes))) children.push_back(&fact);
    }
    return children;
}

Fact without_parents(const Fact &child, const Changes &changes)
{
    Fact fact = child;
    if (goes(text_of(child, "partition_of"), changes)) {
        for (const std::string_view attribute : {"partition_of", "partition_bound", "detach_pending"}) {
            if (const auto found = fact.payload.find(attribute); found != fact.payload.end()) fact.payload.erase(found);
        }
    }
    auto parents = list_of(child, "inherits");
    std::erase_if(parents, [&](const std::string &parent) { return goes(parent, changes); });
    if (parents.empty()) std::erase_if(fact.payload, [](const auto &item) { return item.first == "inherits"; });
    else fact.set("inherits", std::move(parents));
    return fact;
}

void leave_parents(const Scene &scene, const Fact &child, const Changes &changes, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto own = sql.name(name_of(child.id).parts);
    const auto add = [&](std::string command) {
        auto &step = add_step(steps, child, std::move(command), Lock::access_exclusive);
        step.effect = Effect::weakens;
        step.rule = "D24";
        step.detail = "Its parent is made anew below.";
    };
    if (const auto parent = text_of(child, "partition_of"); goes(parent, changes)) {
        add("ALTER TABLE " + sql.name(std::string_view(parent)) + " DETACH PARTITION " + own + (flag_of(child, "detach_pending") ? " FINALIZE" : ""));
    }
    for (const auto &parent : list_of(child, "inherits")) {
        if (goes(parent, changes)) add("ALTER TABLE " + own + " NO INHERIT " + sql.name(std::string_view(parent)));
    }
}

void note_rows(const Fact &table, Step &step)
{
    if (has(table, "partition_key")) {
        step.effect = Effect::weakens;
        step.detail = "It is made anew below.  Its rows are in its partitions: those that are wanted are detached before, and attached to the new table.";
    } else {
        step.detail = "It is made anew below, without its rows: copy them before.";
    }
}

}  // namespace core::repair
