#include "core/repair/hindrance.hpp"

#include <algorithm>
#include <unordered_set>

#include "core/repair/heirs.hpp"
#include "core/repair/partition_key.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

bool is_view(const FactMap &facts, const std::string &id)
{
    const auto found = facts.find(id);
    return found != facts.end() && (found->second.kind == "view" || found->second.kind == "matview");
}

// Whether the type that the fact is of, or is made from, has the name; arrays of it as well.
bool is_of(const Fact &user, const std::vector<std::string> &name)
{
    const bool typed = user.kind == "column" || user.kind == "attribute" || user.kind == "domain";
    if (!typed && user.kind != "range") return false;
    std::string_view rest;
    const auto text = text_of(user, typed ? "type" : "subtype");
    return take_name(text, rest) == name;
}

// "COLUMN app.t.c", "DOMAIN app.d", "TYPE app.pair" of an attribute.
std::string user_text(const Scene &scene, const Fact &user)
{
    if (user.kind == "column") return "COLUMN " + scene.sql.name(name_of(user.id).parts);
    const auto whole = user.kind == "attribute" ? scene.from.find(user.parent) : scene.from.end();
    return target(scene.sql, whole != scene.from.end() ? whole->second : user);
}

// A column whose rows hold values of the type, if only within those of another; null where there is none.  Types that
// were seen before have none.
const Fact *holder_of(const FactMap &facts, const Mentions &mentions, const Fact &type, std::unordered_set<const Fact *> &seen)
{
    std::vector<const Fact *> open{&type};
    while (!open.empty()) {
        const auto *const at = open.back();
        open.pop_back();
        if (!seen.insert(at).second) continue;
        for (const auto *const user : mentions.by(*at)) {
            if (!is_of(*user, name_of(at->id).parts)) continue;
            const bool part = user->kind == "column" || user->kind == "attribute";
            const auto whole = part ? facts.find(user->parent) : facts.find(user->id);
            if (whole == facts.end()) continue;
            if (user->kind == "column" && (whole->second.kind == "table" || whole->second.kind == "matview")) return user;
            open.push_back(&whole->second);
        }
    }
    return nullptr;
}

// What is made from a type, and is no column of a table, of which a conversion could be made.
const Fact *made_from(const Scene &scene, const Mentions &from, const Fact &type)
{
    for (const auto *const user : from.by(type)) {
        if (user->kind != "column" && is_of(*user, name_of(type.id).parts) && scene.to.contains(user->id)) return user;
    }
    return nullptr;
}

// Whether the table still has the parent of the column when types are changed.  It leaves those that it is to lose
// before; what is dropped, or gets new parents as well, is there as it was.
bool keeps_parent(const Scene &scene, const Fact &table, const Fact &parent)
{
    const auto wanted = scene.to.find(table.id);
    if (wanted == scene.to.end()) return true;
    const auto &before = list_of(table, "inherits");
    const auto &after = list_of(wanted->second, "inherits");
    const auto is_new = [&](const std::string &name) { return std::find(before.begin(), before.end(), name) == before.end(); };
    if (before.empty() || std::any_of(after.begin(), after.end(), is_new)) return true;
    return std::find(after.begin(), after.end(), parent.parent.substr(parent.parent.find(':') + 1)) != after.end();
}

// A table that gets the column from one of the members, and from another parent as well.
bool has_other_parent(const Scene &scene, const Fact &table, const Fact &column, const std::unordered_set<const Fact *> &members)
{
    auto parents = parents_of(scene.from, column);
    std::erase_if(parents, [&](const Fact *parent) { return !keeps_parent(scene, table, *parent); });
    const auto own = std::count_if(parents.begin(), parents.end(), [&](const Fact *parent) { return members.contains(parent); });
    return own > 0 && static_cast<std::size_t>(own) < parents.size();
}

}  // namespace

std::string why_type_stays(const Scene &scene, const Mentions &from, const Fact &column, bool rewrites)
{
    const auto &facts = scene.from;
    const auto name = name_of(column.id).last();
    const auto family = heirs_of(facts, from, column);
    const std::unordered_set<const Fact *> members(family.begin(), family.end());
    std::unordered_set<const Fact *> seen;
    for (const auto *const one : family) {
        const auto whole = facts.find(one->parent);
        if (whole == facts.end()) continue;
        const auto what = target(scene.sql, whole->second);
        if (is_in_partition_key(text_of(whole->second, "partition_key"), name)) {
            return "The column is part of the partition key of " + what + ", and its type cannot be changed there: make a partitioned table with the new type beside it, copy the rows, and rename both.";
        }
        if (has(whole->second, "of_type")) {
            return what + " is made from the type: ALTER TYPE " + text_of(whole->second, "of_type") + " ALTER ATTRIBUTE " + scene.sql.quote(name) + " TYPE ... CASCADE changes both, while no other columns have values of the type.";
        }
        if (has_other_parent(scene, whole->second, *one, members)) {
            return what + " has the column from several parents, and none of them can change it: ALTER TABLE ... NO INHERIT, change the type in each, and ALTER TABLE ... INHERIT again.";
        }
        if (!rewrites && whole->second.kind != "composite") continue;
        if (const auto *const holder = holder_of(facts, from, whole->second, seen)) {
            return user_text(scene, *holder) + " holds rows of " + what + ", which cannot have another form while they are there: give that column another type first, and this one again after.";
        }
    }
    return {};
}

std::string why_not_replaced(const Scene &scene, const Mentions &from, const Fact &type)
{
    constexpr std::string_view by_hand = " is made from it, and would have to be made anew as well: make a new type beside it, and give columns that type.";
    std::unordered_set<const Fact *> seen;
    if (const auto *const user = made_from(scene, from, type)) return user_text(scene, *user) + std::string(by_hand);
    for (const auto *const user : from.by(type)) {
        if (user->kind != "column" || !is_of(*user, name_of(type.id).parts) || !scene.to.contains(user->id) || is_view(scene.from, user->parent)) continue;
        for (const auto *const source : sources_of(scene.from, *user, seen)) {
            if (auto why = why_type_stays(scene, from, *source, true); !why.empty()) return "It must be made anew, and " + user_text(scene, *user) + " cannot be converted.  " + why;
        }
    }
    if (!has(type, "multirange")) return {};
    std::string_view rest;
    const auto multirange = text_of(type, "multirange");
    const auto parts = take_name(multirange, rest);
    if (parts.size() < 2) return {};
    for (const auto &[id, user] : scene.from) {
        if (id == type.id || !scene.to.contains(id) || is_view(scene.from, user.parent) || !mentions_any(user, {mention_key(parts[0], parts[1])})) continue;
        return user_text(scene, user) + " is made from its multirange type, and would have to be made anew as well: make a new type beside it, and give columns that type.";
    }
    return {};
}

std::string why_not_rebuilt(const Scene &scene, const Mentions &from, const Fact &relation)
{
    for (const auto *const user : from.by(relation)) {
        const bool goes = !scene.to.contains(user->id) || (user->kind == "column" && (user->parent == relation.id || is_view(scene.from, user->parent)));
        if (goes || !is_of(*user, name_of(relation.id).parts)) continue;
        return target(scene.sql, relation) + " would have to be dropped and made anew, and " + user_text(scene, *user) + " is made from its row type: give that another type first, and this one again after.";
    }
    return {};
}

}  // namespace core::repair
