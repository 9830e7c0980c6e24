#include "core/repair/undone.hpp"

#include <algorithm>

#include "core/definition.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

const Fact *fact_named(const Facts &facts, const std::string &id)
{
    const auto found = std::find_if(facts.begin(), facts.end(), [&](const Fact &fact) { return fact.id == id; });
    return found != facts.end() ? &*found : nullptr;
}

// The server makes them anew on its own, as when a column's type changes or an index is rebuilt.
bool is_made_anew(const Fact &fact) { return fact.kind == "index" || fact.kind == "constraint" || fact.kind == "statistics"; }

// Labels that were renamed have their old names again; those that were added go.
List labels_without(const Difference &difference, const List &now)
{
    const auto *const before = std::get_if<List>(&difference.before);
    const auto *const after = std::get_if<List>(&difference.after);
    if (before == nullptr || after == nullptr) return now;
    List labels;
    for (const auto &label : now) {
        const auto place = std::find(after->begin(), after->end(), label) - after->begin();
        const auto i = static_cast<std::size_t>(place);
        if (i == after->size() || std::find(before->begin(), before->end(), label) != before->end()) labels.push_back(label);
        else if (before->size() == after->size()) labels.push_back((*before)[i]);
    }
    return labels;
}

// What has the name of something that the command took away or renamed.  What is all as it was has been brought back already.
const Fact *other_in_old_place(const Undone &change, const FactMap &now)
{
    if (change.before.empty()) return nullptr;
    const auto &whole = change.before.front();
    const auto in_place = now.find(whole.id);
    const bool whole_went = fact_named(change.after, whole.id) == nullptr;
    if (whole_went && in_place == now.end()) return nullptr;
    if (whole_went && !change.after.empty()) return &in_place->second;
    for (const auto &fact : change.before) {
        const auto found = now.find(fact.id);
        if (fact_named(change.after, fact.id) != nullptr) continue;
        if (found != now.end() && found->second.payload != fact.payload) return &found->second;
        if (found == now.end() && whole_went && !is_made_anew(fact)) return &in_place->second;
    }
    return nullptr;
}

void append(std::string &detail, const std::string &text) { detail += (detail.empty() ? "" : "  ") + text; }

}  // namespace

void take_back(const Undone &change, FactMap &wanted)
{
    if (change.after.empty()) {
        for (const auto &fact : change.before) wanted.insert_or_assign(fact.id, fact);
        return;
    }
    if (change.before.empty()) {
        for (const auto &fact : change.after) wanted.erase(fact.id);
        return;
    }
    for (const auto &difference : compare(change.before, change.after)) {
        const auto now = wanted.find(difference.fact);
        if (difference.op == "added") {
            wanted.erase(difference.fact);
        } else if (difference.op == "removed") {
            if (const auto *const fact = fact_named(change.before, difference.fact)) wanted.insert_or_assign(difference.fact, *fact);
        } else if (now != wanted.end() && now->second.kind == "enum" && difference.attribute == "labels") {
            now->second.set(difference.attribute, labels_without(difference, list_of(now->second, "labels")));
        } else if (now != wanted.end()) {
            now->second.payload.erase(difference.attribute);
            now->second.set(difference.attribute, difference.before);
        }
    }
}

const Fact *other_in_place(const Undone &change, const FactMap &now, bool same_addresses)
{
    if (const auto *const other = other_in_old_place(change, now)) return other;
    if (!same_addresses || change.after.empty()) return nullptr;
    const auto is_other = [&](const Fact &fact) -> const Fact * {
        const auto found = now.find(fact.id);
        if (found == now.end() || is_made_anew(fact) || fact.address.classid == 0) return nullptr;
        return found->second.address != fact.address ? &found->second : nullptr;
    };
    if (const auto *const other = is_other(change.after.front())) return other;
    if (change.before.empty()) {
        for (const auto &fact : change.after) {
            if (const auto *const other = is_other(fact)) return other;
        }
        return nullptr;
    }
    for (const auto &difference : compare(change.before, change.after)) {
        const auto *const fact = fact_named(change.after, difference.fact);
        const auto *const other = fact != nullptr ? is_other(*fact) : nullptr;
        if (other != nullptr) return other;
    }
    return nullptr;
}

void tell_what_is_lost(const FactMap &wanted, std::vector<PlannedStep> &plan)
{
    for (auto &one : plan) {
        auto &step = one.step;
        const auto found = wanted.find(step.fact);
        if (found == wanted.end()) continue;
        const auto &fact = found->second;
        if (fact.kind == "table" && step.command.starts_with("CREATE ")) {
            // Those of a partitioned table are its partitions'.
            if (!has(fact, "partition_key")) append(step.detail, "Its rows do not come back.");
            const auto columns = columns_of(wanted, fact.id);
            if (std::any_of(columns.begin(), columns.end(), [](const Fact *column) { return has(*column, "identity"); })) append(step.detail, "Numbers of its identity column start anew.");
        } else if (fact.kind == "column" && step.command.find(" ADD COLUMN ") != std::string::npos) {
            if (has(fact, "identity")) append(step.detail, "Its numbers start anew, and its values do not come back.");
            else if (!has(fact, "generated")) append(step.detail, "Its values do not come back.");
        } else if (fact.kind == "column" && step.command.find(" ADD GENERATED ") != std::string::npos) {
            append(step.detail, "Its numbers start anew: set the sequence to come after those that are there.");
        } else if (fact.kind == "sequence" && step.command.starts_with("CREATE ")) {
            append(step.detail, "Its numbers start anew.");
        }
    }
}

}  // namespace core::repair
