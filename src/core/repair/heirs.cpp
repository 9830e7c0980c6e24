#include "core/repair/heirs.hpp"

#include <algorithm>

#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

bool contains(const std::vector<const Fact *> &columns, const Fact *column) { return std::find(columns.begin(), columns.end(), column) != columns.end(); }

// A document that somebody wrote may have a circle of parents.
void add_sources(const FactMap &facts, const Fact &column, std::vector<const Fact *> &seen, std::vector<const Fact *> &columns)
{
    if (contains(seen, &column)) return;
    seen.push_back(&column);
    const auto parents = parents_of(facts, column);
    if (parents.empty()) columns.push_back(&column);
    for (const auto *const parent : parents) add_sources(facts, *parent, seen, columns);
}

void add_heirs(const FactMap &facts, const Mentions &mentions, const Fact &column, std::vector<const Fact *> &columns)
{
    if (contains(columns, &column)) return;
    columns.push_back(&column);
    const auto whole = facts.find(column.parent);
    if (whole == facts.end()) return;
    const auto own = '.' + quote_part(name_of(column.id).last());
    for (const auto *const table : mentions.by(whole->second)) {
        if (table->kind != "table" && table->kind != "foreign_table") continue;
        const auto heir = facts.find("column:" + table->id.substr(table->id.find(':') + 1) + own);
        if (heir != facts.end() && contains(parents_of(facts, heir->second), &column)) add_heirs(facts, mentions, heir->second, columns);
    }
}

}  // namespace

std::vector<const Fact *> parents_of(const FactMap &facts, const Fact &column)
{
    std::vector<const Fact *> columns;
    const auto heir = facts.find(column.parent);
    if (heir == facts.end() || column.kind != "column") return columns;
    const auto name = name_of(column.id).last();
    const auto add = [&](std::string_view kind, std::string_view whole) {
        std::string_view rest;
        const auto parts = take_name(whole, rest);
        if (parts.size() < 2) return;
        if (const auto found = facts.find(fact_id(kind, {parts[0], parts[1], name})); found != facts.end()) columns.push_back(&found->second);
    };
    for (const auto &parent : list_of(heir->second, "inherits")) add("column", parent);
    if (has(heir->second, "partition_of")) add("column", text_of(heir->second, "partition_of"));
    if (has(heir->second, "of_type")) add("attribute", text_of(heir->second, "of_type"));
    return columns;
}

std::vector<const Fact *> sources_of(const FactMap &facts, const Fact &column)
{
    std::vector<const Fact *> seen;
    std::vector<const Fact *> columns;
    add_sources(facts, column, seen, columns);
    return columns;
}

std::vector<const Fact *> heirs_of(const FactMap &facts, const Mentions &mentions, const Fact &column)
{
    std::vector<const Fact *> columns;
    add_heirs(facts, mentions, column, columns);
    return columns;
}

}  // namespace core::repair
