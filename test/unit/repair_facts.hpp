// Facts as the tests of the repair planner write them.
#pragma once

#include <algorithm>

#include <doctest/doctest.h>

#include "core/repair/plan.hpp"

namespace repair_facts {

using core::Fact;
using core::List;
using core::repair::FactMap;

inline core::repair::Dialect dialect(int major = 15)
{
    core::repair::Dialect sql;
    // As the server does, for the keywords that are used here.
    sql.quote = [](std::string_view name) { return name == "user" || name == "order" || name == "select" ? '"' + std::string(name) + '"' : core::quote_part(name); };
    // Of UTF-8.
    sql.clip = [](std::string_view name, std::size_t limit) {
        while (limit < name.size() && (static_cast<unsigned char>(name[limit]) & 0xC0U) == 0x80U) --limit;
        return std::string(name.substr(0, limit));
    };
    sql.major_version = major;
    constexpr int with_names = 18;
    if (major >= with_names) sql.usual_not_null_name = [](const std::string &relation, const std::string &name) { return relation + '_' + name + "_not_null"; };
    sql.database = "db";
    sql.role = "dba";
    return sql;
}

inline Fact fact(const std::string &id, const std::string &parent, core::Payload payload = {})
{
    Fact made;
    made.kind = id.substr(0, id.find(':'));
    made.id = id;
    made.parent = parent;
    made.payload = std::move(payload);
    return made;
}

inline FactMap map_of(std::initializer_list<Fact> facts)
{
    FactMap map;
    for (const auto &one : facts) map.emplace(one.id, one);
    return map;
}

inline std::vector<std::string> commands(const FactMap &from, const FactMap &to, bool online = false, int major = 15)
{
    const auto sql = dialect(major);
    std::vector<std::string> out;
    for (const auto &one : core::repair::plan({sql, from, to, online})) out.push_back(one.step.command.empty() ? "-- " + one.step.detail : one.step.command);
    return out;
}

inline const Fact schema = fact("schema:app", "", {{"owner", std::string("dba")}});
inline const Fact table = fact("table:app.t", "schema:app", {{"owner", std::string("dba")}});

inline Fact column(const std::string &name, std::int64_t place, const std::string &type, core::Payload more = {})
{
    more.insert_or_assign("ordinal", place);
    more.insert_or_assign("type", type);
    return fact("column:app.t." + core::quote_part(name), "table:app.t", std::move(more));
}

inline std::size_t place_of(const std::vector<std::string> &list, const std::string &start)
{
    const auto found = std::find_if(list.begin(), list.end(), [&](const std::string &item) { return item.starts_with(start); });
    REQUIRE_MESSAGE(found != list.end(), start);
    return static_cast<std::size_t>(found - list.begin());
}

}  // namespace repair_facts

using namespace repair_facts;
