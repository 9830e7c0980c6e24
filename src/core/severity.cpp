#include <algorithm>
#include <initializer_list>

#include "core/drift.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool starts_any(const Value &value, std::initializer_list<std::string_view> prefixes)
{
    const auto *const list = std::get_if<List>(&value);
    return list != nullptr && std::any_of(list->begin(), list->end(), [&](std::string_view item) {
        return std::any_of(prefixes.begin(), prefixes.end(), [&](auto prefix) { return item.starts_with(prefix); });
    });
}

// Elements of one list that the other lacks.
Value only_in(const Value &value, const Value &other)
{
    const auto *const list = std::get_if<List>(&value);
    const auto *const others = std::get_if<List>(&other);
    if (list == nullptr || others == nullptr) return value;
    List rest;
    for (const auto &item : *list) {
        if (std::find(others->begin(), others->end(), item) == others->end()) rest.push_back(item);
    }
    return rest;
}

bool options_start(const DriftRow &row, std::initializer_list<std::string_view> prefixes)
{
    return starts_any(only_in(row.expected, row.actual), prefixes) || starts_any(only_in(row.actual, row.expected), prefixes);
}

std::string_view whole_fact_severity(const DriftRow &row)
{
    if (is_one_of(row.kind, {"policy", "default_privilege", "default_acl", "acl", "event_trigger", "user_mapping"})) return "security";
    if (is_one_of(row.kind, {"constraint", "trigger", "rule"})) return "data";
    if (is_one_of(row.kind, {"index", "statistics"})) {
        const auto *const text = std::get_if<std::string>(row.operation == DriftOperation::missing ? &row.expected : &row.actual);
        return text != nullptr && text->starts_with("CREATE UNIQUE ") ? "data" : "performance";
    }
    if (row.kind == "comment") return "cosmetic";
    // What should be there and is not breaks its users; what is there in addition does not.
    return row.operation == DriftOperation::missing ? "breaking" : "data";
}

std::string_view option_severity(const DriftRow &row)
{
    if (options_start(row, {"security_"})) return "security";
    if (options_start(row, {"check_option"})) return "data";
    return "performance";
}

}  // namespace

std::string_view severity(const DriftRow &row)
{
    if (row.operation != DriftOperation::changed) return whole_fact_severity(row);
    const std::string_view attribute = row.attribute;
    if (is_one_of(attribute, {"comment", "position", "ordinal"})) return "cosmetic";
    if (row.kind == "policy") return "security";
    if (is_one_of(attribute, {"owner", "acl", "row_security", "force_row_security", "security_definer", "leakproof", "config",
                              "security_invoker", "security_barrier", "initial_privileges"})) {
        return "security";
    }
    if (is_one_of(attribute, {"options", "reloptions"}) && row.kind != "server" && row.kind != "foreign_table") return option_severity(row);
    if (is_one_of(attribute, {"toast_options", "attribute_options", "storage", "compression", "statistics", "statistics_target",
                              "tablespace", "access_method", "fillfactor", "clustered", "cost", "rows", "parallel", "support",
                              "cache", "opclass_options", "column_statistics", "valid", "ready"})) {
        return row.kind == "constraint" || row.kind == "domain_constraint" ? "data" : "performance";
    }
    if (is_one_of(row.kind, {"index", "statistics"})) {
        return is_one_of(attribute, {"unique", "nulls_not_distinct", "predicate", "definition"}) ? "data" : "performance";
    }
    if (is_one_of(row.kind, {"constraint", "trigger", "rule", "sequence", "event_trigger"})) return "data";
    if (is_one_of(attribute, {"persistence", "replica_identity", "populated", "check_option", "enabled", "validated", "default",
                              "identity", "identity_sequence", "version"})) {
        return "data";
    }
    return "breaking";
}

}  // namespace core
