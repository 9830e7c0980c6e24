// Collations and text search.
#include <algorithm>

#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// "token: dictionary, dictionary".
struct Mapping {
    std::string token;
    std::string dictionaries;
};

Mapping mapping_of(const Dialect &sql, const std::string &line)
{
    const auto colon = line.find(": ");
    Mapping mapping{line.substr(0, colon), {}};
    std::string_view rest = std::string_view(line).substr(std::min(colon + 2, line.size()));
    while (!rest.empty()) {
        const auto name = sql.name(take_name(rest, rest));
        mapping.dictionaries += (mapping.dictionaries.empty() ? "" : ", ") + name;
        if (!rest.starts_with(", ")) break;
        rest.remove_prefix(2);
    }
    return mapping;
}

void change_mappings(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto alter = "ALTER " + target(scene.sql, to);
    std::map<std::string, std::string> before;
    if (from != nullptr) {
        for (const auto &line : list_of(*from, "mappings")) {
            const auto mapping = mapping_of(scene.sql, line);
            before[mapping.token] = mapping.dictionaries;
        }
    }
    std::map<std::string, std::string> after;
    for (const auto &line : list_of(to, "mappings")) {
        const auto mapping = mapping_of(scene.sql, line);
        after[mapping.token] = mapping.dictionaries;
    }
    for (const auto &[token, dictionaries] : before) {
        if (!after.contains(token)) add_step(steps, to, alter + " DROP MAPPING FOR " + scene.sql.quote(token)).rule = "D27";
    }
    for (const auto &[token, dictionaries] : after) {
        const auto had = before.find(token);
        if (had != before.end() && had->second == dictionaries) continue;
        add_step(steps, to, alter + (had == before.end() ? " ADD" : " ALTER") + " MAPPING FOR " + scene.sql.quote(token) + " WITH " + dictionaries);
    }
}

void make_dictionary(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto options = text_of(to, "options");
    if (from == nullptr) {
        add_step(steps, to, "CREATE " + target(sql, to) + " (TEMPLATE = " + sql.name(std::string_view(text_of(to, "template"))) + (options.empty() ? "" : ", " + options) + ')');
        return;
    }
    if (!differs(from, to, "options")) return;
    // An option without a value is taken out; those that stay are written again.
    std::string gone;
    const auto before = text_of(*from, "options");
    for (std::size_t at = 0; at < before.size();) {
        const auto equals = before.find(" = ", at);
        if (equals == std::string::npos) break;
        const auto name = before.substr(at, equals - at);
        if (options.find(name + " = ") == std::string::npos) gone += (gone.empty() ? "" : ", ") + name;
        auto i = equals + 3;
        const bool quoted = before[i] == '\'' || before[i] == 'E';
        if (quoted) {
            i = before.find('\'', i) + 1;
            while (i < before.size() && (before[i] != '\'' || (i + 1 < before.size() && before[i + 1] == '\''))) i += before[i] == '\'' || before[i] == '\\' ? 2 : 1;
        }
        const auto comma = before.find(", ", i);
        at = comma == std::string::npos ? before.size() : comma + 2;
    }
    add_step(steps, to, "ALTER " + target(sql, to) + " (" + gone + (gone.empty() || options.empty() ? "" : ", ") + options + ')');
}

}  // namespace

void make_collation(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (from != nullptr) return;
    std::string options = "PROVIDER = " + text_of(to, "provider");
    if (has(to, "collate")) options += ", LC_COLLATE = " + literal(text_of(to, "collate"));
    if (has(to, "ctype")) options += ", LC_CTYPE = " + literal(text_of(to, "ctype"));
    if (has(to, "locale")) options += ", LOCALE = " + literal(text_of(to, "locale"));
    if (has(to, "rules")) options += ", RULES = " + literal(text_of(to, "rules"));
    if (!flag_of(to, "deterministic", true)) options += ", DETERMINISTIC = false";
    add_step(steps, to, "CREATE " + target(scene.sql, to) + " (" + options + ')');
}

void make_text_search(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    if (to.kind == "text_search_dictionary") {
        make_dictionary(scene, from, to, steps);
    } else if (to.kind == "text_search_configuration") {
        if (from == nullptr) add_step(steps, to, "CREATE " + target(sql, to) + " (PARSER = " + sql.name(std::string_view(text_of(to, "parser"))) + ')');
        change_mappings(scene, from, to, steps);
    } else if (from == nullptr && to.kind == "text_search_template") {
        auto options = "LEXIZE = " + sql.bare_name(text_of(to, "lexize"));
        if (has(to, "init")) options += ", INIT = " + sql.bare_name(text_of(to, "init"));
        add_step(steps, to, "CREATE " + target(sql, to) + " (" + options + ')');
    } else if (from == nullptr) {
        auto options = "START = " + sql.bare_name(text_of(to, "start")) + ", GETTOKEN = " + sql.bare_name(text_of(to, "get_token")) + ", END = " + sql.bare_name(text_of(to, "end")) +
                       ", LEXTYPES = " + sql.bare_name(text_of(to, "token_types"));
        if (has(to, "headline")) options += ", HEADLINE = " + sql.bare_name(text_of(to, "headline"));
        add_step(steps, to, "CREATE " + target(sql, to) + " (" + options + ')');
    }
}

}  // namespace core::repair
