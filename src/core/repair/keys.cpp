#include "core/repair/keys.hpp"

#include <algorithm>

#include "core/repair/mentions.hpp"
#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// The names in the first parentheses of a text; none when something else stands there.
List columns_in(std::string_view text)
{
    List columns;
    for (text.remove_prefix(std::min(text.find('('), text.size())); !text.empty() && text.front() != ')';) {
        text.remove_prefix(text.front() == '(' ? 1 : 2);
        columns.push_back(take_name(text, text).front());
        if (!text.starts_with(", ") && !text.starts_with(')')) return {};
    }
    return columns;
}

std::set<std::string> set_of(const List &columns) { return {columns.begin(), columns.end()}; }

}  // namespace

bool is_key(const Fact &fact)
{
    if (fact.kind == "index") return flag_of(fact, "unique");
    const auto type = text_of(fact, "type");
    return fact.kind == "constraint" && (type == "primary key" || type == "unique" || type == "exclusion");
}

List columns_of_key(const Fact &key)
{
    if (key.kind == "constraint") return columns_in(text_of(key, "definition"));
    List columns;
    std::string_view rest;
    for (const auto &column : list_of(key, "keys")) columns.push_back(column.starts_with('(') ? column : take_name(column, rest).front());
    return columns;
}

bool can_refer(const Fact &foreign_key, const Fact &key)
{
    const auto definition = text_of(foreign_key, "definition");
    const auto referred = set_of(columns_in(std::string_view(definition).substr(std::min(definition.find(" REFERENCES "), definition.size()))));
    const auto columns = set_of(columns_of_key(key));
    return referred.empty() || columns.empty() || referred == columns;
}

bool may_stand_on(const Fact &query, const Fact &key)
{
    if (key.kind != "constraint") return false;
    const auto columns = columns_of_key(key);
    for (const std::string_view attribute : {"definition", "sql_body"}) {
        Fact rest;
        const auto text = text_of(query, attribute);
        if (const auto at = text.find("GROUP BY"); at != std::string::npos && text_of(key, "type") == "primary key") {
            rest.set("definition", text.substr(at));
            if (std::all_of(columns.begin(), columns.end(), [&](const std::string &column) { return has_word(rest, column); })) return true;
        }
        if (const auto at = text.find("ON CONFLICT ON CONSTRAINT"); at != std::string::npos) {
            rest.set("definition", text.substr(at));
            if (has_word(rest, name_of(key.id).last())) return true;
        }
    }
    return false;
}

bool may_need_key(const Fact &fact)
{
    for (const std::string_view attribute : {"definition", "sql_body"}) {
        const auto text = text_of(fact, attribute);
        if (text.find("GROUP BY") != std::string::npos || text.find("ON CONFLICT") != std::string::npos) return true;
    }
    return false;
}

}  // namespace core::repair
