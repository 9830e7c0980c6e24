#include "drift/selection.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include "core/repair/reading.hpp"
#include "drift/environment.hpp"

namespace drift {
namespace {

using core::repair::Selection;

bool is_table_key(std::string_view key) { return core::repair::is_table(key.substr(0, key.find(':'))); }

// Whether the ids of the source's keys can be told from them.
bool are_keys_ids() { return !needs_conversion(); }

}  // namespace

void add_row(const core::DriftRow &row, std::string id, std::string parent, Selection &selection)
{
    core::Fact fact;
    fact.id = std::move(id);
    fact.kind = row.kind;
    fact.parent = std::move(parent);
    selection.add(fact);
    // What it hung on is concerned as well.
    for (const auto *const value : {&row.expected, &row.actual}) {
        if (row.attribute != "partition_of" && row.attribute != "inherits") continue;
        fact.payload.clear();
        fact.set(row.attribute, *value);
        selection.add(fact);
    }
}

bool needs_parents(const std::vector<core::DriftRow> &rows)
{
    constexpr std::string_view attributes[] = {"partition_of", "inherits", "inherited", "local"};
    return std::any_of(rows.begin(), rows.end(), [&](const core::DriftRow &row) {
        return (row.attribute.empty() && (core::repair::is_table(row.kind) || row.kind == "constraint")) || std::find(std::begin(attributes), std::end(attributes), row.attribute) != std::end(attributes);
    });
}

void add_parents(core::FactSource &facts, Selection &selection)
{
    for (bool more = true; std::exchange(more, false); facts.rewind()) {
        while (facts.next()) {
            const auto key = facts.key();
            if (!is_table_key(key) || (are_keys_ids() && !selection.is_about(key))) continue;
            if (const auto fact = facts.fact(); selection.is_about(fact.id)) more |= selection.add(fact);
        }
    }
}

std::vector<std::string> tables_with_partitions_concerned(const std::vector<core::DriftRow> &rows)
{
    std::vector<std::string> tables;
    for (const auto &row : rows) {
        const bool concerns = row.kind == "index" || row.kind == "constraint" || row.attribute == "not_null";
        if (concerns && (tables.empty() || tables.back() != row.parent)) tables.push_back(row.parent);
    }
    return tables;
}

void add_partitions(core::FactSource &facts, const std::vector<std::string> &tables, Selection &selection)
{
    const std::unordered_set<std::string_view> known(tables.begin(), tables.end());
    // As partition_of names them.
    std::unordered_set<std::string> partitioned;
    if (tables.empty()) return;
    while (facts.next()) {
        const auto key = facts.key();
        if (!is_table_key(key) || (are_keys_ids() && !known.contains(key))) continue;
        if (const auto fact = facts.fact(); known.contains(fact.id) && core::repair::has(fact, "partition_key")) partitioned.insert(std::string(core::object_of(fact.id)));
    }
    facts.rewind();
    if (partitioned.empty()) return;
    for (bool more = true; std::exchange(more, false); facts.rewind()) {
        while (facts.next()) {
            if (!is_table_key(facts.key())) continue;
            const auto fact = facts.fact();
            if (!partitioned.contains(core::repair::text_of(fact, "partition_of"))) continue;
            selection.add(fact);
            if (core::repair::has(fact, "partition_key")) more |= partitioned.insert(std::string(core::object_of(fact.id))).second;
        }
    }
}

core::repair::FactMap take(core::FactSource &facts, Selection selection)
{
    core::repair::FactMap taken;
    if (selection.empty()) return taken;
    while (facts.next()) {
        auto fact = facts.fact();
        if (!selection.needs(fact)) continue;
        selection.take_along(fact);
        taken.emplace(fact.id, std::move(fact));
    }
    return taken;
}

}  // namespace drift
