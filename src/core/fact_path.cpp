#include "core/fact_path.hpp"

#include <algorithm>
#include <initializer_list>

#include "core/cpp_only.hpp"

namespace core {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Kinds whose parts are named after them: they share the names of relations and types.
bool holds_parts(std::string_view kind)
{
    return is_one_of(kind, {"table", "foreign_table", "view", "matview", "composite", "domain"});
}

bool is_part(std::string_view kind) { return is_one_of(kind, {"column", "attribute", "constraint", "trigger", "rule", "policy"}); }

// Of no schema, and not named after what they are a part of.
bool stands_alone(std::string_view kind)
{
    return is_one_of(kind, {"extension", "database", "role_settings", "large_object", "system_object", "language", "access_method", "cast",
                            "transform", "foreign_data_wrapper", "server", "publication", "subscription", "event_trigger",
                            "default_privileges"});
}

// Where the first part of a name ends: at the first point outside of quotes.
std::size_t end_of_part(std::string_view name)
{
    bool quoted = false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == '"') quoted = !quoted;
        if (name[i] == '.' && !quoted) return i;
    }
    return name.size();
}

std::string_view part_after(std::string_view name, std::size_t end) { return end < name.size() ? name.substr(end + 1) : std::string_view(); }

}  // namespace

std::string fact_key(std::string_view kind, std::string_view name) { return std::string(kind).append(1, ':').append(name); }

std::string part_key(std::string_view id)
{
    auto path = path_of(id);
    return path.size == path.steps.size() ? std::move(path.steps[2].key) : std::string();
}

FactPath path_of(std::string_view id)
{
    FactPath path;
    const auto colon = std::min(id.find(':'), id.size());
    path.kind = id.substr(0, colon);
    const auto whole = colon < id.size() ? id.substr(colon + 1) : std::string_view();
    const auto first = end_of_part(whole);
    if (path.kind == "schema" || stands_alone(path.kind)) {
        path.add(std::string(id), whole);
        return path;
    }
    path.add(fact_key(path.kind == "user_mapping" ? "server" : "schema", whole.substr(0, first)), whole.substr(0, first));
    const auto rest = part_after(whole, first);
    if (!is_part(path.kind)) {
        path.add(fact_key(holds_parts(path.kind) ? "" : path.kind, rest), rest);
        return path;
    }
    const auto second = end_of_part(rest);
    path.add(fact_key("", rest.substr(0, second)), rest.substr(0, second));
    path.add(fact_key(path.kind, part_after(rest, second)), part_after(rest, second));
    return path;
}

}  // namespace core
