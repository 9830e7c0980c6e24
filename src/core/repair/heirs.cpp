#include "core/repair/heirs.hpp"

#include <algorithm>

#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

using Columns = std::vector<const Fact *>;

// The column and all that follow from it, each once, those of the first before the second.  A schema may have more
// levels than the stack has room for, and a document that somebody wrote may have a circle of parents.
template <typename Next>
void walk(const Fact &column, std::unordered_set<const Fact *> &seen, const Next &next)
{
    Columns open{&column};
    while (!open.empty()) {
        const auto *const at = open.back();
        open.pop_back();
        if (!seen.insert(at).second) continue;
        const Columns more = next(*at);
        open.insert(open.end(), more.rbegin(), more.rend());
    }
}

}  // namespace

std::vector<const Fact *> children_of(const FactMap &facts, const Mentions &mentions, const Fact &column)
{
    Columns children;
    const auto whole = facts.find(column.parent);
    if (whole == facts.end()) return children;
    for (const auto *const table : mentions.by(whole->second)) {
        if (table->kind != "table" && table->kind != "foreign_table") continue;
        const auto heir = facts.find(namesake(column, table->id));
        if (heir == facts.end()) continue;
        const auto parents = parents_of(facts, heir->second);
        if (std::find(parents.begin(), parents.end(), &column) != parents.end()) children.push_back(&heir->second);
    }
    return children;
}

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
    std::unordered_set<const Fact *> seen;
    return sources_of(facts, column, seen);
}

std::vector<const Fact *> sources_of(const FactMap &facts, const Fact &column, std::unordered_set<const Fact *> &seen)
{
    Columns columns;
    walk(column, seen, [&](const Fact &at) {
        auto parents = parents_of(facts, at);
        if (parents.empty()) columns.push_back(&at);
        return parents;
    });
    return columns;
}

std::vector<const Fact *> heirs_of(const FactMap &facts, const Mentions &mentions, const Fact &column)
{
    std::unordered_set<const Fact *> seen;
    Columns columns;
    walk(column, seen, [&](const Fact &at) {
        columns.push_back(&at);
        return children_of(facts, mentions, at);
    });
    return columns;
}

}  // namespace core::repair
