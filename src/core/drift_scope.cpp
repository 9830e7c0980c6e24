#include "core/drift_scope.hpp"

#include <algorithm>
#include <array>

#include "core/drift_rows.hpp"
#include "core/json_reader.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

constexpr std::string_view in_no_schema[] = {"extension", "database", "role_settings", "large_object", "system_object", "language",
                                             "access_method", "cast", "transform", "foreign_data_wrapper", "server", "user_mapping",
                                             "publication", "subscription", "event_trigger", "system_catalog"};

// Ids whose parts do not begin with the schema.
constexpr std::string_view default_privileges = "default_privileges";

// The part at the beginning of the text: up to a dot or a parenthesis that is not in quotes.
std::string_view first_part(std::string_view text)
{
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        // A doubled quote ends and begins again.
        if (text[i] == '"') quoted = !quoted;
        if (!quoted && (text[i] == '.' || text[i] == '(')) return text.substr(0, i);
    }
    return text;
}

struct Flag {
    std::string_view name;
    bool DriftScope::*member;
    std::string_view what;
};

constexpr Flag flags[] = {
    {"outside_schemas", &DriftScope::outside_schemas, "objects in no schema"},
    {"owners", &DriftScope::owners, "owners"},
    {"privileges", &DriftScope::privileges, "privileges"},
    {"comments", &DriftScope::comments, "comments"},
    {"column_order", &DriftScope::column_order, "column order"},
    {"extension_members", &DriftScope::extension_members, "extension members"},
    {"role_settings", &DriftScope::role_settings, "role settings"},
    {"database_settings", &DriftScope::database_settings, "database settings"},
};

constexpr std::string_view schemas_option = "schemas";
constexpr std::string_view except_option = "except_schemas";

std::string quoted(std::string_view name)
{
    constexpr std::size_t longest = 100;
    return name.size() <= longest ? '"' + std::string(name) + '"' : "of " + std::to_string(name.size()) + " bytes";
}

List names_of(std::string_view option, const Value &value)
{
    const auto *const names = std::get_if<List>(&value);
    if (names == nullptr) throw OptionError("option \"" + std::string(option) + "\" must be a list of names of schemas");
    List sorted = *names;
    std::sort(sorted.begin(), sorted.end());
    sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
    if (!sorted.empty() && sorted.front().empty()) throw OptionError("option \"" + std::string(option) + "\" must not name an empty schema");
    return sorted;
}

void set_option(DriftScope &scope, const std::string &name, const Value &value)
{
    const bool reset = std::holds_alternative<std::monostate>(value);
    if (name == schemas_option) {
        scope.schemas.reset();
        if (!reset) scope.schemas = names_of(name, value);
        if (scope.schemas && scope.schemas->empty()) throw OptionError("option \"schemas\" must not be an empty list");
        return;
    }
    if (name == except_option) {
        scope.except_schemas = reset ? List() : names_of(name, value);
        return;
    }
    const auto *const flag = std::find_if(std::begin(flags), std::end(flags), [&name](const Flag &known) { return known.name == name; });
    if (flag == std::end(flags)) throw OptionError("unrecognized option " + quoted(name));
    const auto *const wanted = std::get_if<bool>(&value);
    if (!reset && wanted == nullptr) throw OptionError("option \"" + name + "\" must be true or false");
    scope.*flag->member = reset || *wanted;
}

std::string listed(const List &names)
{
    std::string out;
    for (const auto &name : names) {
        if (!out.empty()) out += ", ";
        out += quote_part(name);
    }
    return out;
}

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

// Whether the row is of a member of an extension, or of a part of one.
bool is_of_member(const DriftRow &row, const std::set<std::string, std::less<>> &members)
{
    // That something came to belong to an extension, or does so no more, is not the extension's doing.
    if (row.attribute == "extension" || row.kind == "system_catalog") return false;
    if (!row.extension.empty() || members.contains(row.fact)) return true;
    const auto kind = std::string_view(row.parent).substr(0, row.parent.find(':'));
    return is_one_of(kind, {"table", "foreign_table", "view", "matview", "composite", "domain"}) && members.contains(row.parent);
}

// The flag that leaves the row out; null for none.
const Flag *flag_against(const DriftScope &scope, const DriftRow &row, const std::set<std::string, std::less<>> &members)
{
    const auto named = [](std::string_view name) {
        return std::find_if(std::begin(flags), std::end(flags), [name](const Flag &flag) { return flag.name == name; });
    };
    const std::string_view attribute = row.attribute;
    if (!scope.owners && attribute == "owner") return named("owners");
    if (!scope.privileges && (is_one_of(attribute, {"acl", "identity_acl"}) || is_one_of(row.kind, {default_privileges, "system_object", "large_object"}))) {
        return named("privileges");
    }
    if (!scope.comments && is_one_of(attribute, {"comment", "index_comment", "not_null_comment", "identity_comment"})) return named("comments");
    // Of a composite type the order has a meaning.
    if (!scope.column_order && row.kind == "column" && attribute == "ordinal") return named("column_order");
    if (!scope.role_settings && row.kind == "role_settings") return named("role_settings");
    if (!scope.database_settings && row.kind == "database" && attribute == "settings") return named("database_settings");
    if (!scope.extension_members && is_of_member(row, members)) return named("extension_members");
    return nullptr;
}

}  // namespace

std::optional<std::string_view> schema_of(std::string_view fact)
{
    const auto colon = fact.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto kind = fact.substr(0, colon);
    if (std::find(std::begin(in_no_schema), std::end(in_no_schema), kind) != std::end(in_no_schema)) return std::nullopt;
    auto name = fact.substr(colon + 1);
    if (kind != default_privileges) return first_part(name);
    // Role, kind of object, and the schema unless they are for all of them.
    for (int before = 0; before < 2; ++before) {
        const auto end = first_part(name).size();
        if (end == name.size()) return std::nullopt;
        name.remove_prefix(end + 1);
    }
    return name;
}

DriftScope with_options(DriftScope scope, std::string_view json, bool unicode)
{
    JsonReader reader(json, unicode);
    reader.expect('{');
    if (!reader.accept('}')) {
        do {
            const auto name = reader.name();
            set_option(scope, name, reader.value());
        } while (reader.accept(','));
        reader.expect('}');
    }
    reader.end();
    return scope;
}

std::string options_json(const DriftScope &scope)
{
    Payload options;
    if (scope.schemas) options.emplace(schemas_option, *scope.schemas);
    if (!scope.except_schemas.empty()) options.emplace(except_option, scope.except_schemas);
    for (const auto &flag : flags) {
        if (!(scope.*flag.member)) options.emplace(flag.name, false);
    }
    return canonical_json(options);
}

std::string options_hint()
{
    std::string out = "Options are schemas and except_schemas (lists of names), and ";
    for (const auto &flag : flags) {
        if (&flag != std::begin(flags)) out += &flag == std::end(flags) - 1 ? " and " : ", ";
        out += flag.name;
    }
    return out + " (true or false); null stands for the default.";
}

FactsInScope::FactsInScope(FactSource &all, const DriftScope &scope)
    : all_(all), only_some_(scope.schemas.has_value()), outside_(scope.outside_schemas)
{
    if (scope.schemas) {
        for (const auto &name : *scope.schemas) named_.insert(quote_part(name));
    }
    for (const auto &name : scope.except_schemas) excepted_.insert(quote_part(name));
}

bool FactsInScope::next()
{
    while (all_.next()) {
        if (is_in_scope()) return true;
    }
    return false;
}

bool FactsInScope::is_in_scope() const
{
    if (!only_some_ && excepted_.empty() && outside_) return true;
    const auto schema = schema_of(all_.key());
    if (!schema) return outside_;
    return (!only_some_ || named_.contains(*schema)) && !excepted_.contains(*schema);
}

std::vector<LeftOut> leave_out(std::vector<DriftRow> &rows, const DriftScope &scope, const std::set<std::string, std::less<>> &members)
{
    std::vector<LeftOut> left_out;
    if (scope == DriftScope()) return left_out;
    if (scope.schemas) left_out.push_back({schemas_option, "schemas but " + listed(*scope.schemas), std::nullopt});
    if (!scope.except_schemas.empty()) left_out.push_back({except_option, "schemas " + listed(scope.except_schemas), std::nullopt});

    auto of_extensions = members;
    if (!scope.extension_members) {
        for (const auto &row : rows) {
            if (!row.extension.empty()) of_extensions.insert(row.fact);
        }
    }
    std::array<std::int64_t, std::size(flags)> differences{};
    std::vector<bool> kept(rows.size(), true);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto *const against = flag_against(scope, rows[i], of_extensions);
        if (against == nullptr) continue;
        kept[i] = false;
        ++differences[static_cast<std::size_t>(against - std::begin(flags))];
    }
    keep_rows(rows, kept);
    for (std::size_t i = 0; i < std::size(flags); ++i) {
        if (scope.*flags[i].member) continue;
        const bool looked_for = flags[i].member != &DriftScope::outside_schemas;
        left_out.push_back({flags[i].name, std::string(flags[i].what), looked_for ? std::optional(differences[i]) : std::nullopt});
    }
    return left_out;
}

}  // namespace core
