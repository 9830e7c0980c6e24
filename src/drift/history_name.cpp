#include "drift/history_name.hpp"

#include <algorithm>

#include "core/fact_path.hpp"
#include "pg/jsonb.hpp"

namespace drift {
namespace {

constexpr std::string_view part_kinds[] = {"column", "attribute", "constraint", "trigger", "rule", "policy"};
constexpr std::string_view kinds_with_parts[] = {"table", "foreign_table", "view", "matview", "composite", "domain"};

// Types of objects as the server describes them.
constexpr const char *object_types[] = {
    "table", "view", "materialized view", "foreign table", "sequence", "index", "composite type", "type", "function", "procedure", "aggregate",
    "schema", "extension", "operator", "operator class", "operator family", "collation", "conversion", "statistics object",
    "text search configuration", "text search dictionary", "text search parser", "text search template", "language", "access method", "cast",
    "transform", "foreign-data wrapper", "server", "user mapping", "publication", "subscription", "event trigger", "default acl", "large object"};

template <typename List>
bool contains(const List &list, std::string_view word)
{
    return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

std::string_view kind_in(std::string_view fact_id) { return fact_id.substr(0, std::min(fact_id.find(':'), fact_id.size())); }

std::string identity_of(const std::vector<std::string> &parts, std::size_t count)
{
    std::string out;
    for (std::size_t i = 0; i < std::min(count, parts.size()); ++i) {
        if (i > 0) out += '.';
        const char *const name = parts[i].c_str();
        out += pg::call([name] { return quote_identifier(name); });
    }
    return out;
}

// A type as facts and as identities have it; the text where there is no such type.
struct TypeTexts {
    const char *in_facts;
    const char *in_identity;
};

TypeTexts type_texts(const std::string &text)
{
    const char *const given = text.c_str();
    return pg::call([given] {
        Oid type = InvalidOid;
        int32 typmod = -1;
        pg::compat::parse_type_missing_ok(given, &type, &typmod);
        if (!OidIsValid(type)) return TypeTexts{given, given};
        return TypeTexts{format_type_extended(type, -1, FORMAT_TYPE_TYPEMOD_GIVEN), format_type_be_qualified(type)};
    });
}

}  // namespace

SoughtName::SoughtName(core::ObjectName &&name) : name_(std::move(name)), kind_(name_.kind), identities_{name_.whole}, fact_names_{name_.whole}
{
    const auto &parts = name_.parts;
    if (parts.empty()) return;
    auto identity = identity_of(parts, parts.size());
    if (name_.with_arguments) {
        identity += '(';
        for (auto &argument : name_.arguments) {
            const auto texts = type_texts(argument);
            if (identity.back() != '(') identity += ',';
            identity += texts.in_identity;
            argument = std::string(texts.in_facts);
        }
        identity += ')';
    }
    identities_.insert(std::move(identity));
    fact_names_.insert(name_.in_facts(parts.size()));
    take_part();
}

// A name of three parts is that of a part.
void SoughtName::take_part()
{
    constexpr std::size_t with_part = 3;
    const auto &parts = name_.parts;
    if (parts.size() != with_part || name_.with_arguments || !(kind_.empty() || contains(part_kinds, kind_))) return;
    part_kind_ = std::exchange(kind_, {});
    part_name_ = core::quote_part(parts.back());
    identities_ = {identity_of(parts, with_part - 1)};
    fact_names_ = {name_.in_facts(with_part - 1)};
}

bool SoughtName::is_of_kind(std::string_view kind, std::string_view object_type) const
{
    if (is_part()) return kind.empty() || contains(kinds_with_parts, kind);
    if (kind_.empty() || kind_ == kind) return true;
    std::string type(object_type);
    std::replace_if(type.begin(), type.end(), [](char c) { return c == ' ' || c == '-'; }, '_');
    return kind_ == type;
}

bool SoughtName::is_whole(std::string_view fact_id, std::string_view object_type) const
{
    return is_of_kind(kind_in(fact_id), object_type) && fact_names_.contains(std::string(core::object_of(fact_id)));
}

bool SoughtName::is_identity(const std::string &identity, std::string_view object_type, std::string_view fact_id) const
{
    return identities_.contains(identity) && is_of_kind(kind_in(fact_id), object_type);
}

std::vector<ledger::Known> SoughtName::known() const
{
    std::vector<ledger::Known> found;
    for (const auto &identity : identities_) {
        for (const auto *const type : object_types) {
            auto known = ledger::find_named(type, identity);
            if (!known) continue;
            const auto facts = pg::facts_from_definition(known->definition);
            if (!facts.empty() && is_of_kind(facts.front().kind, type)) found.push_back(std::move(*known));
        }
    }
    return found;
}

bool SoughtName::has_part(const core::Facts &facts) const
{
    return std::any_of(facts.begin(), facts.end(), [this](const core::Fact &fact) {
        const auto key = core::part_key(fact.id);
        const auto colon = key.find(':');
        return colon != std::string::npos && key.substr(colon + 1) == part_name_ && (part_kind_.empty() || part_kind_ == fact.kind);
    });
}

}  // namespace drift
