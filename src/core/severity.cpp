#include <algorithm>
#include <initializer_list>

#include "core/drift.hpp"

namespace core {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool has_option(const Value &value, const Value &other, std::string_view prefix)
{
    const auto *const list = std::get_if<List>(&value);
    const auto *const others = std::get_if<List>(&other);
    return list != nullptr && std::any_of(list->begin(), list->end(), [&](std::string_view item) {
        return item.starts_with(prefix) && (others == nullptr || std::find(others->begin(), others->end(), item) == others->end());
    });
}

// Whether an option of this prefix is on one side only, or has another value.
bool option_differs(const DriftRow &row, std::string_view prefix)
{
    return has_option(row.expected, row.actual, prefix) || has_option(row.actual, row.expected, prefix);
}

std::string_view whole_fact_severity(const DriftRow &row)
{
    const bool missing = row.operation == DriftOperation::missing;
    if (is_one_of(row.kind, {"policy", "event_trigger"})) return "security";
    if (is_one_of(row.kind, {"constraint", "trigger", "rule"})) return "data";
    if (row.kind == "index") {
        const auto *const text = std::get_if<std::string>(missing ? &row.expected : &row.actual);
        return text != nullptr && text->starts_with("unique ") ? "data" : "performance";
    }
    // What should be there and is not breaks its users; what is there in addition does not.
    return missing ? "breaking" : "data";
}

std::string_view option_severity(const DriftRow &row)
{
    if (option_differs(row, "security_")) return "security";
    if (option_differs(row, "check_option")) return "data";
    return "performance";
}

}  // namespace

std::string_view severity(const DriftRow &row)
{
    if (row.operation != DriftOperation::changed) return whole_fact_severity(row);
    const std::string_view attribute = row.attribute;
    if (is_one_of(attribute, {"comment", "index_comment", "not_null_comment", "identity_comment", "not_null_name"})) return "cosmetic";
    // The order of a composite type's attributes is part of its text form.
    if (attribute == "ordinal") return row.kind == "attribute" ? "breaking" : "cosmetic";
    if (is_one_of(row.kind, {"policy", "event_trigger"})) return "security";
    if (is_one_of(attribute, {"owner", "acl", "identity_acl", "row_security", "force_row_security", "security_definer", "leakproof",
                              "config"})) {
        return "security";
    }
    if (attribute == "options") return option_severity(row);
    if (is_one_of(attribute, {"toast_options", "storage", "compression", "statistics", "tablespace", "access_method", "cluster_on",
                              "cost", "rows", "parallel", "support", "index_tablespace", "index_options", "index_statistics",
                              "depends_on_extension"})) {
        return "performance";
    }
    if (row.kind == "index") return is_one_of(attribute, {"unique", "nulls_not_distinct", "predicate"}) ? "data" : "performance";
    if (is_one_of(row.kind, {"constraint", "trigger", "rule", "sequence"})) return "data";
    if (is_one_of(attribute, {"persistence", "replica_identity", "replica_identity_index", "populated", "default", "identity_sequence",
                              "identity_persistence", "not_null_validated", "version", "detach_pending"}) ||
        attribute.starts_with("identity_")) {
        return "data";
    }
    return "breaking";
}

}  // namespace core
