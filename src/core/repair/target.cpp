#include "core/repair/target.hpp"

#include <algorithm>

#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

struct Word {
    std::string_view kind;
    std::string_view word;
};

constexpr Word words[] = {
    {"schema", "SCHEMA"},
    {"extension", "EXTENSION"},
    {"database", "DATABASE"},
    {"large_object", "LARGE OBJECT"},
    {"language", "LANGUAGE"},
    {"access_method", "ACCESS METHOD"},
    {"cast", "CAST"},
    {"transform", "TRANSFORM"},
    {"foreign_data_wrapper", "FOREIGN DATA WRAPPER"},
    {"server", "SERVER"},
    {"publication", "PUBLICATION"},
    {"subscription", "SUBSCRIPTION"},
    {"operator", "OPERATOR"},
    {"operator_class", "OPERATOR CLASS"},
    {"operator_family", "OPERATOR FAMILY"},
    {"conversion", "CONVERSION"},
    {"collation", "COLLATION"},
    {"text_search_parser", "TEXT SEARCH PARSER"},
    {"text_search_template", "TEXT SEARCH TEMPLATE"},
    {"text_search_dictionary", "TEXT SEARCH DICTIONARY"},
    {"text_search_configuration", "TEXT SEARCH CONFIGURATION"},
    {"statistics", "STATISTICS"},
    {"type", "TYPE"},
    {"event_trigger", "EVENT TRIGGER"},
    {"table", "TABLE"},
    {"foreign_table", "FOREIGN TABLE"},
    {"view", "VIEW"},
    {"matview", "MATERIALIZED VIEW"},
    {"sequence", "SEQUENCE"},
    {"index", "INDEX"},
    {"column", "COLUMN"},
    {"attribute", "COLUMN"},
    {"constraint", "CONSTRAINT"},
    {"trigger", "TRIGGER"},
    {"rule", "RULE"},
    {"policy", "POLICY"},
    {"enum", "TYPE"},
    {"domain", "DOMAIN"},
    {"composite", "TYPE"},
    {"range", "TYPE"},
    {"function", "FUNCTION"},
    {"procedure", "PROCEDURE"},
    {"aggregate", "AGGREGATE"},
};

std::string word_of(std::string_view kind)
{
    const auto *const found = std::find_if(std::begin(words), std::end(words), [kind](const Word &word) { return word.kind == kind; });
    return std::string(found != std::end(words) ? found->word : kind);
}

// The arguments of an ordered-set aggregate stand on two sides of ORDER BY.
std::string aggregate_arguments(const Fact &fact)
{
    const auto &arguments = list_of(fact, "arguments");
    const auto direct = number_of(fact, "direct_arguments");
    if (arguments.empty() && !direct) return "*";
    std::string out;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        if (direct && static_cast<std::size_t>(*direct) == i) out += out.empty() ? "ORDER BY " : " ORDER BY ";
        else if (i > 0) out += ", ";
        out += arguments[i];
    }
    // A hypothetical-set aggregate's last direct argument is the ordered one as well.
    if (direct && static_cast<std::size_t>(*direct) >= arguments.size() && !arguments.empty()) out += " ORDER BY " + arguments.back();
    return out;
}

}  // namespace

std::string whole_of(const Dialect &sql, const Fact &part) { return sql.name(name_of(part.parent).parts); }

std::string own_name(const Dialect &sql, const Fact &fact)
{
    const auto name = name_of(fact.id);
    return sql.quote(name.last());
}

std::string operator_text(const Dialect &sql, std::string_view held, bool with_types)
{
    if (held.empty()) return {};
    // The name is not quoted: it has no dots, but it can have a parenthesis in no version.
    const auto open = held.find('(', 1);
    auto name = held.substr(0, open);
    const auto dot = name.front() == '"' ? name.find("\".") + 1 : name.find('.');
    std::string out;
    if (dot != std::string_view::npos && dot < name.size()) {
        out = sql.name(name.substr(0, dot)) + '.';
        name.remove_prefix(dot + 1);
    }
    out += name;
    if (!with_types || open == std::string_view::npos) return out;
    return out + ' ' + std::string(held.substr(open));
}

std::string plain_name(const Dialect &sql, const Fact &fact)
{
    const auto name = name_of(fact.id);
    if (fact.kind == "database") return sql.quote(sql.database);
    if (fact.kind == "large_object") return name.last();
    if (fact.kind == "cast") return '(' + name.arguments + ')';
    if (fact.kind == "transform") return "FOR " + name.arguments;
    if (fact.kind == "operator") return sql.quote(name.first()) + '.' + name.last() + " (" + name.arguments + ')';
    if (fact.kind == "operator_class" || fact.kind == "operator_family") {
        return sql.name({name.part(0), name.part(1)}) + " USING " + sql.quote(name.part(2));
    }
    if (fact.kind == "aggregate") return sql.name(name.parts) + '(' + aggregate_arguments(fact) + ')';
    if (fact.kind == "function" || fact.kind == "procedure") return sql.name(name.parts) + '(' + name.arguments + ')';
    return sql.name(name.parts);
}

std::string target(const Dialect &sql, const Fact &fact)
{
    const auto word = word_of(fact.kind);
    if (fact.kind == "constraint" || fact.kind == "trigger" || fact.kind == "rule" || fact.kind == "policy") {
        const bool domain = fact.parent.starts_with("domain:");
        return word + ' ' + own_name(sql, fact) + " ON " + (domain ? "DOMAIN " : "") + whole_of(sql, fact);
    }
    return word + ' ' + plain_name(sql, fact);
}

std::string grant_target(const Dialect &sql, const Fact &fact)
{
    if (is_column(fact)) return "TABLE " + whole_of(sql, fact);
    if (fact.kind == "view" || fact.kind == "matview" || fact.kind == "foreign_table") return "TABLE " + plain_name(sql, fact);
    if (fact.kind == "server") return "FOREIGN SERVER " + plain_name(sql, fact);
    if (fact.kind == "aggregate") return "FUNCTION " + sql.name(name_of(fact.id).parts) + '(' + name_of(fact.id).arguments + ')';
    return target(sql, fact);
}

std::string alter_relation(const Dialect &sql, const Fact &fact)
{
    const auto part = fact.kind == "column" || fact.kind == "constraint" || fact.kind == "trigger" || fact.kind == "rule" || fact.kind == "policy";
    const auto kind = part ? name_of(fact.parent).kind : fact.kind;
    return "ALTER " + word_of(kind) + ' ' + (part ? whole_of(sql, fact) : plain_name(sql, fact));
}

}  // namespace core::repair
