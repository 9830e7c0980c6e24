#include "core/repair/leaving.hpp"

#include <algorithm>
#include <unordered_map>

#include "core/repair/circles.hpp"
#include "core/repair/kinds.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

bool is_relation_or_type(std::string_view kind)
{
    constexpr std::string_view kinds[] = {"table", "foreign_table", "view", "matview", "sequence", "index", "composite", "enum", "domain", "range", "type"};
    return std::find(std::begin(kinds), std::end(kinds), kind) != std::end(kinds);
}

bool is_routine(std::string_view kind) { return kind == "function" || kind == "procedure" || kind == "aggregate"; }

bool is_function_of(const Fact &type, const Fact &other)
{
    const auto name = other.id.substr(other.id.find(':') + 1);
    return other.kind == "function" && std::any_of(type.payload.begin(), type.payload.end(), [&](const auto &item) {
        const auto *const text = std::get_if<std::string>(&item.second);
        return text != nullptr && *text == name;
    });
}

}  // namespace

Leaving::Leaving(const Scene &scene, const Mentions &from, const Changes &changes) : scene_(scene), from_(from), changes_(changes), gone_(changes.dropped)
{
    gone_.insert(changes.rebuilt.begin(), changes.rebuilt.end());
    find_made_names();
    find_first();
    find_circles();
}

void Leaving::find_first()
{
    std::vector<std::string> found;
    for (const auto &id : gone_) {
        if (goes_first(scene_.from.at(id))) found.push_back(id);
    }
    while (!found.empty()) {
        const auto id = found.back();
        found.pop_back();
        if (!first_.insert(id).second) continue;
        for (const auto *const user : from_.by(scene_.from.at(id))) {
            if (gone_.contains(user->id)) found.push_back(user->id);
        }
    }
}

bool Leaving::goes_first(const Fact &fact) const
{
    if (kind_of(fact).leaf || changes_.rebuilt.contains(fact.id) || has(fact, "generated")) return true;
    for (const auto *const column : columns_of(scene_.from, fact.id)) {
        for (const auto *const other : from_.of(*column)) {
            if (changes_.retyped.contains(other->id)) return true;
        }
    }
    for (const auto *const other : from_.of(fact)) {
        if (changes_.rebuilt.contains(other->id) || changes_.retyped.contains(other->id)) return true;
        if (reads_disturbed_column(fact, *other)) return true;
    }
    return has_rival(fact);
}

bool Leaving::reads_disturbed_column(const Fact &fact, const Fact &table) const
{
    if (fact.kind != "view" && fact.kind != "matview" && !has(fact, "sql_body")) return false;
    for (const auto *const column : columns_of(scene_.from, table.id)) {
        const auto wanted = scene_.to.find(column->id);
        if (wanted != scene_.to.end() && value_of(wanted->second, "type") != value_of(*column, "type") && has_word(fact, name_of(column->id).last())) return true;
    }
    return false;
}

// Facts that go are the nodes, and foreign keys lead from a table to another.
void Leaving::find_circles()
{
    struct Link {
        const Fact *key;
        std::size_t table;
        std::size_t referred;
    };
    std::unordered_map<std::string_view, std::size_t> numbers;
    for (const auto &id : gone_) numbers.emplace(id, numbers.size());
    std::vector<std::vector<std::size_t>> edges(numbers.size());
    std::vector<Link> links;
    for (const auto &[id, fact] : scene_.from) {
        if (!is_foreign_key(fact) || flag_of(fact, "inherited")) continue;
        const auto table = numbers.find(fact.parent);
        if (table == numbers.end()) continue;
        for (const auto *const other : from_.of(fact)) {
            const auto referred = numbers.find(other->id);
            if (referred == numbers.end() || referred == table) continue;
            edges[table->second].push_back(referred->second);
            links.push_back({&fact, table->second, referred->second});
        }
    }
    const auto circles = circles_of(edges);
    for (const auto &link : links) {
        if (circles[link.table] == circles[link.referred]) in_circles_.insert(link.key->id);
    }
}

bool Leaving::goes_with_type(const Fact &function) const
{
    if (function.kind != "function") return false;
    const auto users = from_.by(function);
    return std::any_of(users.begin(), users.end(), [&](const Fact *type) {
        const auto &uses = from_.by(*type);
        return type->kind == "type" && gone_.contains(type->id) && std::find(uses.begin(), uses.end(), &function) != uses.end();
    });
}

// What is made from the fact and stays, without the functions that only serve the type.
void Leaving::add_staying_users(const Fact &fact, const Fact &type, std::set<std::string> &users) const
{
    for (const auto *const user : from_.by(fact)) {
        if (user->id != type.id && !gone_.contains(user->id) && !goes_with_whole(scene_.from, *user, gone_) && !is_function_of(type, *user)) users.insert(user->id);
    }
}

void Leaving::drop_with_functions(const Fact &type, Steps &steps) const
{
    std::set<std::string> users;
    add_staying_users(type, type, users);
    for (const auto *const user : from_.by(type)) {
        if (is_function_of(type, *user)) add_staying_users(*user, type, users);
    }
    auto &step = steps.back();
    if (users.empty()) {
        step.command += " CASCADE";
        step.detail = "Its functions go with it.";
        return;
    }
    std::string names;
    for (const auto &id : users) names += (names.empty() ? "" : ", ") + target(scene_.sql, scene_.from.at(id));
    steps.clear();
    add_manual(steps, type, "It can be dropped only with what stays and is made from it: " + names + ".  Give these another type first, or leave it.");
}

// Another object is to have its name.
bool Leaving::has_rival(const Fact &fact) const
{
    const auto name = fact.id.substr(fact.id.find(':') + 1);
    return (is_relation_or_type(fact.kind) && made_relations_.contains(name)) || (is_routine(fact.kind) && made_routines_.contains(name));
}

// Names that what is made is to have.
void Leaving::find_made_names()
{
    for (const auto &id : changes_.made) {
        const auto colon = id.find(':');
        const auto kind = std::string_view(id).substr(0, colon);
        if (is_relation_or_type(kind)) made_relations_.insert(id.substr(colon + 1));
        if (is_routine(kind)) made_routines_.insert(id.substr(colon + 1));
    }
    for (const auto &id : changes_.detached) made_relations_.insert(text_of(scene_.to.at(id), "identity_sequence"));
}

}  // namespace core::repair
