#include "core/repair/selection.hpp"

#include "core/repair/mentions.hpp"
#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

bool is_part_of_table(const Fact &fact)
{
    const bool part = fact.kind == "column" || fact.kind == "constraint" || fact.kind == "index" || fact.kind == "statistics";
    return part && (fact.parent.starts_with("table:") || fact.parent.starts_with("foreign_table:"));
}

void add_name(std::unordered_set<std::string> &names, const std::string &id)
{
    const auto name = name_of(id);
    if (name.parts.size() >= 2) names.insert(mention_key(name.part(0), name.part(1)));
}

// The name of a range's multirange type where none was given.
std::string multirange_of(const std::string &id)
{
    auto name = name_of(id);
    constexpr std::string_view word = "range";
    if (name.parts.size() < 2) return id;
    auto &own = name.parts[1];
    if (const auto at = own.find(word); at != std::string::npos) own.insert(at, "multi");
    else own += "_multirange";
    return fact_id("range", {name.parts[0], own});
}

}  // namespace

bool Selection::add(const Fact &fact)
{
    wholes_.insert(fact.id);
    add_name(names_, fact.id);
    if (fact.id.starts_with("range:")) add_name(names_, has(fact, "multirange") ? "range:" + text_of(fact, "multirange") : multirange_of(fact.id));
    // What it had from its parents becomes its own without them, and made anew it is given what they have.
    auto parents = list_of(fact, "inherits");
    if (has(fact, "partition_of")) parents.push_back(text_of(fact, "partition_of"));
    bool more = false;
    for (const auto &parent : parents) {
        more |= wholes_.insert("table:" + parent).second;
        wholes_.insert("foreign_table:" + parent);
        add_name(names_, "table:" + parent);
    }
    if (fact.parent.empty() || fact.parent.starts_with("schema:")) return more;
    wholes_.insert(fact.parent);
    add_name(names_, fact.parent);
    return more;
}

bool Selection::needs(const Fact &fact) const
{
    if (!is_part_of_table(fact) || wholes_.contains(fact.parent) || wholes_.contains(fact.id)) return true;
    return mentions_any(fact, names_);
}

bool Selection::is_about(std::string_view id) const { return wholes_.contains(std::string(id)); }

void Selection::take_along(const Fact &fact)
{
    if (fact.kind == "column") wholes_.insert(fact.parent);
}

}  // namespace core::repair
