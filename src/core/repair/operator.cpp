// Operators, what indexes know of them, and conversions between types.
#include <algorithm>

#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// "1 pg_catalog.<(integer,integer)" or "1 (integer,integer) pg_catalog.btint4cmp(integer,integer)" as an item of a class.
std::string entry_text(const Dialect &sql, const std::string &line, bool is_operator)
{
    const auto space = line.find(' ');
    const auto number = line.substr(0, space);
    const auto rest = line.substr(space + 1);
    if (is_operator) {
        const auto sort = rest.find(" ORDER BY ");
        auto out = "OPERATOR " + number + ' ' + operator_text(sql, rest.substr(0, sort), true);
        if (sort != std::string::npos) out += " FOR ORDER BY " + sql.name(std::string_view(rest).substr(sort + 10));
        return out;
    }
    const auto close = rest.find(") ");
    return "FUNCTION " + number + ' ' + rest.substr(0, close + 1) + ' ' + sql.name(std::string_view(rest).substr(close + 2));
}

// What ALTER OPERATOR FAMILY ... DROP calls it: number and types.
std::string entry_key(const std::string &line, bool is_operator)
{
    const auto space = line.find(' ');
    const auto number = line.substr(0, space);
    const auto rest = line.substr(space + 1);
    if (!is_operator) return "FUNCTION " + number + ' ' + rest.substr(0, rest.find(')') + 1);
    const auto open = rest.find('(', 1);
    return "OPERATOR " + number + ' ' + rest.substr(open, rest.find(')', open) - open + 1);
}

std::string entries(const Dialect &sql, const Fact &fact)
{
    std::string out;
    for (const auto &line : list_of(fact, "operators")) out += (out.empty() ? "" : ", ") + entry_text(sql, line, true);
    for (const auto &line : list_of(fact, "functions")) out += (out.empty() ? "" : ", ") + entry_text(sql, line, false);
    return out;
}

}  // namespace

void make_operator(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto name = name_of(to.id);
    const auto spelled = sql.quote(name.first()) + '.' + name.last();
    if (from != nullptr) {
        std::string changes;
        for (const std::string_view word : {"restrict", "join"}) {
            if (!differs(from, to, word)) continue;
            changes += (changes.empty() ? "" : ", ") + std::string(word == "restrict" ? "RESTRICT = " : "JOIN = ") + (has(to, word) ? sql.bare_name(text_of(to, word)) : std::string("NONE"));
        }
        if (!changes.empty()) add_step(steps, to, "ALTER " + target(sql, to) + " SET (" + changes + ')');
        return;
    }
    // One without a function only stands for what another operator names, and comes with it.
    if (!has(to, "function")) return;
    const auto comma = name.arguments.find(',');
    std::string command = "CREATE OPERATOR " + spelled + " (FUNCTION = " + sql.bare_name(text_of(to, "function"));
    // A type can hold commas in its modifiers, but operands have none.
    const auto left = name.arguments.substr(0, comma);
    const auto right = comma == std::string::npos ? std::string("NONE") : name.arguments.substr(comma + 1);
    if (left != "NONE") command += ", LEFTARG = " + left;
    if (right != "NONE") command += ", RIGHTARG = " + right;
    if (has(to, "commutator")) command += ", COMMUTATOR = OPERATOR(" + operator_text(sql, text_of(to, "commutator"), false) + ')';
    if (has(to, "negator")) command += ", NEGATOR = OPERATOR(" + operator_text(sql, text_of(to, "negator"), false) + ')';
    if (has(to, "restrict")) command += ", RESTRICT = " + sql.bare_name(text_of(to, "restrict"));
    if (has(to, "join")) command += ", JOIN = " + sql.bare_name(text_of(to, "join"));
    if (flag_of(to, "hashes")) command += ", HASHES";
    if (flag_of(to, "merges")) command += ", MERGES";
    add_step(steps, to, command + ')');
}

void make_operator_class(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (from != nullptr) return;
    const auto &sql = scene.sql;
    const auto name = name_of(to.id);
    auto command = "CREATE OPERATOR CLASS " + sql.name({name.part(0), name.part(1)}) + (flag_of(to, "default") ? " DEFAULT" : "") + " FOR TYPE " + text_of(to, "type") + " USING " +
                   sql.quote(name.part(2));
    if (has(to, "family")) command += " FAMILY " + sql.name(std::string_view(text_of(to, "family")));
    auto items = entries(sql, to);
    if (has(to, "storage")) items = "STORAGE " + text_of(to, "storage") + (items.empty() ? "" : ", ") + items;
    add_step(steps, to, command + " AS " + (items.empty() ? "STORAGE " + text_of(to, "type") : items));
}

void make_operator_family(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto name = plain_name(sql, to);
    if (from == nullptr) {
        add_step(steps, to, "CREATE OPERATOR FAMILY " + name);
        const auto items = entries(sql, to);
        if (!items.empty()) add_step(steps, to, "ALTER OPERATOR FAMILY " + name + " ADD " + items).late = true;
        return;
    }
    std::string added;
    std::string gone;
    for (const std::string_view attribute : {"operators", "functions"}) {
        const bool is_operator = attribute == "operators";
        const auto &before = list_of(*from, attribute);
        const auto &after = list_of(to, attribute);
        for (const auto &line : before) {
            if (std::find(after.begin(), after.end(), line) == after.end()) gone += (gone.empty() ? "" : ", ") + entry_key(line, is_operator);
        }
        for (const auto &line : after) {
            if (std::find(before.begin(), before.end(), line) == before.end()) added += (added.empty() ? "" : ", ") + entry_text(sql, line, is_operator);
        }
    }
    if (!gone.empty()) add_step(steps, to, "ALTER OPERATOR FAMILY " + name + " DROP " + gone).rule = "D27";
    if (!added.empty()) add_step(steps, to, "ALTER OPERATOR FAMILY " + name + " ADD " + added);
}

void make_cast(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (from != nullptr) return;
    const auto method = text_of(to, "method");
    auto command = "CREATE " + target(scene.sql, to) + (method == "binary" ? " WITHOUT FUNCTION" : method == "inout" ? " WITH INOUT" : " WITH FUNCTION " + scene.sql.name(std::string_view(text_of(to, "function"))));
    if (has(to, "context")) command += text_of(to, "context") == "implicit" ? " AS IMPLICIT" : " AS ASSIGNMENT";
    add_step(steps, to, std::move(command));
}

void make_conversion(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (from != nullptr) return;
    add_step(steps, to, std::string("CREATE ") + (flag_of(to, "default") ? "DEFAULT " : "") + target(scene.sql, to) + " FOR " + literal(text_of(to, "from")) + " TO " + literal(text_of(to, "to")) + " FROM " +
                            scene.sql.bare_name(text_of(to, "function")));
}

void make_transform(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (from != nullptr) return;
    std::string functions;
    if (has(to, "from_sql")) functions = "FROM SQL WITH FUNCTION " + scene.sql.name(std::string_view(text_of(to, "from_sql")));
    if (has(to, "to_sql")) functions += (functions.empty() ? "" : ", ") + std::string("TO SQL WITH FUNCTION ") + scene.sql.name(std::string_view(text_of(to, "to_sql")));
    add_step(steps, to, "CREATE " + target(scene.sql, to) + " (" + functions + ')');
}

void make_language(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    bool same = from != nullptr;
    for (const std::string_view attribute : {"handler", "inline_handler", "validator", "trusted"}) same = same && !differs(from, to, attribute);
    if (same) return;
    auto command = std::string(from == nullptr ? "CREATE " : "CREATE OR REPLACE ") + (flag_of(to, "trusted") ? "TRUSTED " : "") + "LANGUAGE " + own_name(sql, to);
    if (has(to, "handler")) command += " HANDLER " + sql.bare_name(text_of(to, "handler"));
    if (has(to, "inline_handler")) command += " INLINE " + sql.bare_name(text_of(to, "inline_handler"));
    if (has(to, "validator")) command += " VALIDATOR " + sql.bare_name(text_of(to, "validator"));
    add_step(steps, to, std::move(command));
}

void make_access_method(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (from != nullptr) return;
    add_step(steps, to, "CREATE " + target(scene.sql, to) + " TYPE " + (text_of(to, "type") == "index" ? "INDEX" : "TABLE") + " HANDLER " + scene.sql.bare_name(text_of(to, "handler")));
}

}  // namespace core::repair
