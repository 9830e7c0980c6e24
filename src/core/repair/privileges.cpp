#include "core/repair/privileges.hpp"

#include <algorithm>
#include <set>

#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// Who may what, and whether he may give it on.
using Grants = std::map<std::string, std::map<std::string, bool>>;

constexpr std::string_view everybody = "PUBLIC";

Grants read(const List &lines)
{
    Grants grants;
    for (const auto &line : lines) {
        const auto equals = line.rfind('=');
        if (equals == std::string::npos) continue;
        auto privilege = line.substr(equals + 1);
        const bool grantable = !privilege.empty() && privilege.back() == '*';
        if (grantable) privilege.pop_back();
        grants[line.substr(0, equals)][privilege] = grantable;
    }
    return grants;
}

std::vector<std::string> all_privileges(std::string_view kind, int major_version)
{
    if (kind == "table" || kind == "view" || kind == "matview" || kind == "foreign_table") {
        std::vector<std::string> all{"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"};
        constexpr int with_maintain = 17;
        if (major_version >= with_maintain) all.emplace_back("MAINTAIN");
        return all;
    }
    if (kind == "sequence") return {"USAGE", "SELECT", "UPDATE"};
    if (kind == "function" || kind == "procedure" || kind == "aggregate") return {"EXECUTE"};
    if (kind == "schema") return {"USAGE", "CREATE"};
    if (kind == "database") return {"CREATE", "CONNECT", "TEMPORARY"};
    if (kind == "large_object") return {"SELECT", "UPDATE"};
    if (kind == "column" || kind == "attribute" || kind == "system_object") return {};
    return {"USAGE"};
}

Grants default_grants(std::string_view kind, const std::string &owner, int major_version)
{
    Grants grants;
    for (const auto &privilege : all_privileges(kind, major_version)) grants[quote_part(owner)][privilege] = false;
    auto &of_all = grants[std::string(everybody)];
    if (kind == "function" || kind == "procedure" || kind == "aggregate") of_all["EXECUTE"] = false;
    if (kind == "language" || kind == "type" || kind == "enum" || kind == "domain" || kind == "composite" || kind == "range") of_all["USAGE"] = false;
    if (kind == "database") of_all = {{"CONNECT", false}, {"TEMPORARY", false}};
    if (kind == "column" || kind == "attribute" || kind == "system_object") grants.clear();
    return grants;
}

std::string_view default_objects(std::string_view kind)
{
    if (kind == "table" || kind == "view" || kind == "matview" || kind == "foreign_table") return "tables";
    if (kind == "sequence") return "sequences";
    if (kind == "function" || kind == "procedure" || kind == "aggregate") return "functions";
    if (kind == "type" || kind == "enum" || kind == "domain" || kind == "composite" || kind == "range") return "types";
    return kind == "schema" ? "schemas" : "";
}

// What a new object gets from the default privileges of whoever makes it.
Grants initial_grants(const Scene &scene, const Fact &fact, std::string_view kind)
{
    auto grants = default_grants(kind, scene.sql.role, scene.sql.major_version);
    const auto objects = default_objects(kind);
    if (objects.empty()) return grants;
    if (const auto all = scene.from.find(fact_id("default_privileges", {scene.sql.role, objects})); all != scene.from.end()) {
        grants = read(list_of(all->second, "acl"));
    }
    const auto parts = name_of(fact.id).parts;
    const auto here = scene.from.find(fact_id("default_privileges", {scene.sql.role, objects, parts.empty() ? "" : parts.front()}));
    if (here == scene.from.end()) return grants;
    for (const auto &[grantee, privileges] : read(list_of(here->second, "acl"))) {
        for (const auto &[privilege, grantable] : privileges) grants[grantee][privilege] |= grantable;
    }
    return grants;
}

// ALTER ... OWNER gives the new owner what the old one had.
void give_to(Grants &grants, const std::string &old_owner, const std::string &new_owner)
{
    if (old_owner == new_owner) return;
    const auto found = grants.find(quote_part(old_owner));
    if (found == grants.end()) return;
    const auto given = found->second;
    grants.erase(found);
    for (const auto &[privilege, grantable] : given) grants[quote_part(new_owner)][privilege] |= grantable;
}

// The words that the commands of one object share.
struct Wording {
    const Dialect &sql;
    std::string before;   // ALTER DEFAULT PRIVILEGES ... , or nothing
    std::string column;   // " (c)" behind each privilege, or nothing
    std::string target;   // " ON TABLE app.t"

    std::string role(const std::string &held) const { return held == everybody ? held : sql.name(std::string_view(held)); }

    std::string list(const std::set<std::string> &privileges) const
    {
        std::string out;
        for (const auto &privilege : privileges) out += (out.empty() ? "" : ", ") + privilege + column;
        return out;
    }
};

struct Change {
    std::set<std::string> given;
    std::set<std::string> given_on;   // with grant option
    std::set<std::string> taken;
    std::set<std::string> option_taken;
};

Change change_of(const std::map<std::string, bool> &before, const std::map<std::string, bool> &after, bool give_again)
{
    Change change;
    for (const auto &[privilege, grantable] : before) {
        const auto still = after.find(privilege);
        if (still == after.end()) change.taken.insert(privilege);
        else if (grantable && !still->second) change.option_taken.insert(privilege);
    }
    for (const auto &[privilege, grantable] : after) {
        const auto had = before.find(privilege);
        if (!give_again && had != before.end() && (had->second || !grantable)) continue;
        (grantable ? change.given_on : change.given).insert(privilege);
    }
    return change;
}

void add_changes(const Wording &words, const Grants &before, const Grants &after, const std::string &fact, Steps &steps)
{
    static const std::map<std::string, bool> nothing;
    const auto of = [](const Grants &grants, const std::string &who) -> const std::map<std::string, bool> & {
        const auto found = grants.find(who);
        return found != grants.end() ? found->second : nothing;
    };
    std::set<std::string> all;
    for (const auto &[who, privileges] : before) all.insert(who);
    for (const auto &[who, privileges] : after) all.insert(who);
    const auto add = [&](std::string command) {
        Step step;
        step.command = words.before + std::move(command);
        step.fact = fact;
        steps.push_back(std::move(step));
    };
    // Who loses the right to give takes along what he gave; that is given anew.
    bool cascades = false;
    for (const auto &who : all) {
        const auto change = change_of(of(before, who), of(after, who), false);
        bool passed_on = !change.option_taken.empty();
        for (const auto &privilege : change.taken) passed_on = passed_on || of(before, who).at(privilege);
        if (!change.taken.empty()) {
            add("REVOKE " + words.list(change.taken) + words.target + " FROM " + words.role(who) + (passed_on && words.before.empty() ? " CASCADE" : ""));
        }
        if (!change.option_taken.empty()) {
            add("REVOKE GRANT OPTION FOR " + words.list(change.option_taken) + words.target + " FROM " + words.role(who) + (words.before.empty() ? " CASCADE" : ""));
        }
        cascades = cascades || (passed_on && words.before.empty());
    }
    for (const auto &who : all) {
        const auto change = change_of(of(before, who), of(after, who), cascades);
        if (!change.given.empty()) add("GRANT " + words.list(change.given) + words.target + " TO " + words.role(who));
        if (!change.given_on.empty()) add("GRANT " + words.list(change.given_on) + words.target + " TO " + words.role(who) + " WITH GRANT OPTION");
    }
}

}  // namespace

void add_privileges(const Scene &scene, const Fact *from, const Fact &to, std::string_view attribute, Steps &steps)
{
    const bool of_sequence = attribute == "identity_acl";
    const std::string kind = of_sequence ? "sequence" : to.kind;
    // A part belongs to whom its whole belongs to.
    const auto owner_of = [](const FactMap &facts, const Fact &fact) {
        if (has(fact, "owner")) return text_of(fact, "owner");
        const auto whole = facts.find(fact.parent);
        return whole != facts.end() ? text_of(whole->second, "owner") : std::string();
    };
    const auto new_owner = owner_of(scene.to, to);
    auto before = from == nullptr || (of_sequence && !has(*from, "identity")) ? initial_grants(scene, to, kind)
                  : has(*from, attribute) ? read(list_of(*from, attribute))
                                          : default_grants(kind, owner_of(scene.from, *from), scene.sql.major_version);
    give_to(before, from != nullptr ? owner_of(scene.from, *from) : scene.sql.role, new_owner);
    auto after = has(to, attribute) ? read(list_of(to, attribute)) : default_grants(kind, new_owner, scene.sql.major_version);
    Wording words{scene.sql, {}, {}, " ON " + (of_sequence ? "SEQUENCE " + scene.sql.name(std::string_view(text_of(to, "identity_sequence"))) : grant_target(scene.sql, to))};
    if (to.kind == "column" && !of_sequence) words.column = " (" + own_name(scene.sql, to) + ')';
    add_changes(words, before, after, to.id, steps);
}

void add_default_privileges(const Scene &scene, const Fact *from, const Fact *to, Steps &steps)
{
    const Fact &fact = to != nullptr ? *to : *from;
    const auto name = name_of(fact.id);
    const auto &role = name.part(0);
    const auto &objects = name.part(1);
    const bool in_schema = name.parts.size() > 2;
    std::string words = objects;
    std::replace(words.begin(), words.end(), '_', ' ');
    words = upper(std::move(words));
    Wording wording{scene.sql, "ALTER DEFAULT PRIVILEGES FOR ROLE " + scene.sql.quote(role) + (in_schema ? " IN SCHEMA " + scene.sql.quote(name.part(2)) : "") + ' ',
                    {}, " ON " + words};
    // An entry for a schema adds to the built-in defaults; one for all schemas stands in their place.
    const std::string kind = objects == "tables" ? "table" : objects == "sequences" ? "sequence" : objects == "functions" ? "function" : objects == "types" ? "type" : objects == "schemas" ? "schema" : "large_object";
    const auto usual = in_schema ? Grants{} : default_grants(kind, role, scene.sql.major_version);
    add_changes(wording, from != nullptr ? read(list_of(*from, "acl")) : usual, to != nullptr ? read(list_of(*to, "acl")) : usual, fact.id, steps);
}

}  // namespace core::repair
