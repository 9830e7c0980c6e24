#include "core/repair/column_type.hpp"

#include <algorithm>
#include <charconv>

#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

constexpr int most_nested = 32;  // a document can have domains in a circle

ColumnType parse(std::string_view text)
{
    ColumnType type;
    while (text.ends_with("[]")) {
        text.remove_suffix(2);
        type.array = true;
    }
    const auto open = text.find('(');
    const auto close = text.find(')', std::min(open, text.size()));
    type.name = std::string(text.substr(0, open));
    if (type.name == "bpchar") type.name = "character";
    // Without a length it is not the "bit" of the standard, which has the length 1.
    if (type.name == "\"bit\"") type.name = "bit";
    if (open == std::string_view::npos || close == std::string_view::npos) return type;
    type.name += text.substr(close + 1);
    type.modified = true;
    const char *at = text.data() + open + 1;
    const char *const end = text.data() + close;
    while (at < end) {
        int number = 0;
        const auto result = std::from_chars(at, end, number);
        if (result.ec != std::errc()) break;
        type.modifiers.push_back(number);
        at = std::min(result.ptr + 1, end);
    }
    return type;
}

const Fact *find_type(const FactMap &facts, std::string_view kind, const std::string &name)
{
    std::string_view rest;
    const auto parts = take_name(name, rest);
    if (parts.size() != 2) return nullptr;
    const auto found = facts.find(fact_id(kind, {parts[0], parts[1]}));
    return found != facts.end() ? &found->second : nullptr;
}

bool holds_word(std::string_view words, std::string_view word)
{
    while (!words.empty()) {
        const auto end = std::min(words.find(','), words.size());
        if (words.substr(0, end) == word) return true;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

// The server's own casts that an assignment takes; to text and its like everything goes.
struct Casts {
    std::string_view from;
    std::string_view to;
};

constexpr Casts own_casts[] = {
    {"smallint", "integer,bigint,real,double precision,numeric,oid"},
    {"integer", "smallint,bigint,real,double precision,numeric,money,oid"},
    {"bigint", "smallint,integer,real,double precision,numeric,money,oid"},
    {"numeric", "smallint,integer,bigint,real,double precision,money"},
    {"real", "smallint,integer,bigint,double precision,numeric"},
    {"double precision", "smallint,integer,bigint,real,numeric"},
    {"money", "numeric"},
    {"oid", "integer,bigint"},
    {"text", "\"char\""},
    {"character varying", "\"char\""},
    {"character", "\"char\""},
    {"bit", "bit varying"},
    {"bit varying", "bit"},
    {"json", "jsonb"},
    {"jsonb", "json"},
    {"cidr", "inet"},
    {"inet", "cidr"},
    {"macaddr", "macaddr8"},
    {"macaddr8", "macaddr"},
    {"date", "timestamp without time zone,timestamp with time zone"},
    {"time without time zone", "interval,time with time zone"},
    {"time with time zone", "time without time zone"},
    {"interval", "time without time zone"},
    {"timestamp without time zone", "date,time without time zone,timestamp with time zone"},
    {"timestamp with time zone", "date,time without time zone,time with time zone,timestamp without time zone"},
    {"point", "box"},
    {"box", "polygon"},
    {"path", "polygon"},
    {"polygon", "path"},
};

// Whether there is such a cast of a user all the time.
bool has_cast(const Scene &scene, const std::string &from, const std::string &to)
{
    const auto id = "cast:(" + from + " AS " + to + ')';
    const auto before = scene.from.find(id);
    return before != scene.from.end() && scene.to.contains(id) && has(before->second, "context");
}

// Whether no other type takes the place of the one that has the name.
bool is_same(const Scene &scene, const std::string &name)
{
    for (const std::string_view kind : {"enum", "composite", "range", "type"}) {
        const auto *const before = find_type(scene.from, kind, name);
        const auto *const after = find_type(scene.to, kind, name);
        if (before != nullptr || after != nullptr) return before != nullptr && after != nullptr && before->payload == after->payload;
    }
    return true;
}

}  // namespace

std::string ColumnType::unmodified() const
{
    // "character" alone has the length 1, and so has "bit", to which numbers have a cast that takes a length.
    return (name == "character" ? "bpchar" : name) + (array ? "[]" : "");
}

ColumnType column_type(const FactMap &facts, std::string_view text)
{
    auto type = parse(text);
    for (int i = 0; i < most_nested; ++i) {
        const auto *const domain = find_type(facts, "domain", type.name);
        if (domain == nullptr) break;
        auto base = parse(text_of(*domain, "type"));
        // An array of a domain over arrays is no array of the domain's elements.
        if (base.array && type.array) break;
        base.array = base.array || type.array;
        base.domain = true;
        type = std::move(base);
    }
    return type;
}

bool is_integer(std::string_view type) { return type == "smallint" || type == "integer" || type == "bigint"; }

bool is_text(std::string_view type) { return type == "text" || type == "character varying" || type == "character"; }

bool is_enum(const FactMap &facts, const ColumnType &type) { return !type.array && find_type(facts, "enum", type.name) != nullptr; }

bool is_assignable(const Scene &scene, const ColumnType &from, const ColumnType &to)
{
    const bool to_text = is_text(to.name) || to.name == "name";
    if (from.array != to.array) return from.array && to_text;
    if (to_text) return true;
    if (from.name == to.name && is_same(scene, from.name)) return true;
    if (has_cast(scene, from.name, to.name)) return true;
    const auto *const found = std::find_if(std::begin(own_casts), std::end(own_casts), [&](const Casts &casts) { return casts.from == from.name; });
    return found != std::end(own_casts) && holds_word(found->to, to.name);
}

}  // namespace core::repair
