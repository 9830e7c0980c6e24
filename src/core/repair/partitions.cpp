#include "core/repair/partitions.hpp"

#include <algorithm>
#include <set>

#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// Partitions and heirs can have their rows elsewhere.
bool goes(const std::string &parent, const Changes &changes) { return changes.rebuilt.contains("table:" + parent); }

}  // namespace

bool moves(const Fact &from, const Fact &to)
{
    return has(from, "partition_of") && (differs(&from, to, "partition_of") || differs(&from, to, "partition_bound"));
}

std::vector<const Fact *> children_of(const Scene &scene, const Changes &changes)
{
    std::vector<const Fact *> children;
    for (const auto &[id, fact] : scene.from) {
        if (!is_table(fact.kind) || changes.dropped.contains(id) || changes.rebuilt.contains(id)) continue;
        const auto &parents = list_of(fact, "inherits");
        const bool inherits = std::any_of(parents.begin(), parents.end(), [&](const std::string &parent) { return goes(parent, changes); });
        const auto wanted = scene.to.find(id);
        if (wanted != scene.to.end() && (inherits || goes(text_of(fact, "partition_of"), changes) || moves(fact, wanted->second))) children.push_back(&fact);
    }
    return children;
}

Fact without_parents(const Scene &scene, const Fact &child, const Changes &changes)
{
    Fact fact = child;
    if (goes(text_of(child, "partition_of"), changes) || moves(child, scene.to.at(child.id))) {
        for (const std::string_view attribute : {"partition_of", "partition_bound", "detach_pending", "inherited_triggers"}) {
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
    constexpr std::string_view parent_goes = "Its parent is made anew below.";
    const auto &to = scene.to.at(child.id);
    if (goes(text_of(child, "partition_of"), changes) || moves(child, to)) {
        detach(scene, child, steps);
        if (goes(text_of(child, "partition_of"), changes)) steps.back().detail = parent_goes;
        else if (has(to, "partition_of")) steps.back().detail = "It is attached again below.";
    }
    for (const auto &parent : list_of(child, "inherits")) {
        if (!goes(parent, changes)) continue;
        auto &step = add_step(steps, child, "ALTER TABLE " + own + " NO INHERIT " + sql.name(std::string_view(parent)), Lock::access_exclusive);
        step.effect = Effect::weakens;
        step.rule = "D24";
        step.detail = parent_goes;
    }
}

void detach(const Scene &scene, const Fact &partition, Steps &steps)
{
    const auto &sql = scene.sql;
    auto &step = add_step(steps, partition, "ALTER TABLE " + sql.name(std::string_view(text_of(partition, "partition_of"))) + " DETACH PARTITION " + sql.name(name_of(partition.id).parts) +
                                                (flag_of(partition, "detach_pending") ? " FINALIZE" : ""),
                          Lock::access_exclusive);
    step.effect = Effect::weakens;
    step.rule = "D24";
}

namespace {

// The tables that foreign keys refer to which stay.
std::set<std::string> referred_tables(const Scene &scene, const Changes &changes)
{
    std::set<std::string> tables;
    const auto leaves = [&changes](const std::string &id) { return changes.dropped.contains(id) || changes.rebuilt.contains(id); };
    for (const auto &[id, fact] : scene.from) {
        if (auto table = referred_table(fact); !table.empty() && !leaves(id) && !leaves(fact.parent)) tables.insert(std::move(table));
    }
    return tables;
}

bool is_referred_to(const FactMap &facts, const std::set<std::string> &referred, std::string parent)
{
    for (std::set<std::string> seen; !parent.empty() && seen.insert(parent).second;) {
        const auto table = facts.find("table:" + parent);
        if (table == facts.end()) return false;
        if (referred.contains(table->first)) return true;
        parent = text_of(table->second, "partition_of");
    }
    return false;
}

}  // namespace

std::vector<const Fact *> partitions_in_the_way(const Scene &scene, const Changes &changes, const std::set<std::string> &first)
{
    // Of a table that a foreign key refers to no partition can be dropped while it is one.
    const auto referred = referred_tables(scene, changes);
    std::set<std::string> growing;  // parents that get a partition
    for (const auto &[id, fact] : scene.to) {
        if (!is_table(fact.kind) || !has(fact, "partition_of")) continue;
        const auto before = scene.from.find(id);
        if (before == scene.from.end() || differs(&before->second, fact, "partition_of") || differs(&before->second, fact, "partition_bound")) growing.insert(text_of(fact, "partition_of"));
    }
    std::vector<const Fact *> partitions;
    for (const auto &id : changes.dropped) {
        const auto &fact = scene.from.at(id);
        const auto parent = text_of(fact, "partition_of");
        // One that is dropped first frees its bounds by that.
        const bool in_the_way = (growing.contains(parent) && !first.contains(id)) || is_referred_to(scene.from, referred, parent);
        const bool parent_stays = scene.from.contains("table:" + parent) && !goes(parent, changes) && !changes.dropped.contains("table:" + parent);
        if (is_table(fact.kind) && in_the_way && parent_stays) partitions.push_back(&fact);
    }
    return partitions;
}

const Fact *inherited_trigger(const FactMap &facts, const Fact &table, std::string_view line)
{
    std::string_view rest;
    const auto own = '.' + quote_part(take_name(line, rest).front());
    const auto *at = &table;
    // A document that somebody wrote may have a circle of parents.
    for (std::size_t level = 0; level < facts.size() && has(*at, "partition_of"); ++level) {
        const auto parent = text_of(*at, "partition_of");
        if (const auto found = facts.find("trigger:" + parent + own); found != facts.end()) return &found->second;
        const auto whole = facts.find("table:" + parent);
        if (whole == facts.end()) break;
        at = &whole->second;
    }
    return nullptr;
}

std::vector<const Fact *> partitions_to_set_again(const Scene &scene, const Changes &changes)
{
    std::vector<const Fact *> partitions;
    for (const auto &[id, fact] : scene.from) {
        const auto wanted = is_table(fact.kind) ? scene.to.find(id) : scene.to.end();
        if (wanted == scene.to.end()) continue;
        const auto &lines = list_of(wanted->second, "inherited_triggers");
        const bool again = std::any_of(lines.begin(), lines.end(), [&](const std::string &line) {
            const auto *const trigger = inherited_trigger(scene.to, wanted->second, line);
            return trigger != nullptr && changes.rebuilt.contains(trigger->id);
        });
        if (again) partitions.push_back(&fact);
    }
    return partitions;
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
