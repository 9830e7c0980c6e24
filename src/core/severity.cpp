#include <algorithm>
#include <initializer_list>

#include "core/drift.hpp"

namespace core {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view whole_fact_severity(const DriftRow &row)
{
    const bool missing = row.operation == DriftOperation::missing;
    if (is_one_of(row.kind, {"policy", "event_trigger", "default_privileges", "system_object", "large_object", "user_mapping"})) return "security";
    if (is_one_of(row.kind, {"constraint", "trigger", "rule", "publication", "subscription"})) return "data";
    if (is_one_of(row.kind, {"statistics"})) return "performance";
    if (row.kind == "index") {
        const auto *const text = std::get_if<std::string>(missing ? &row.expected : &row.actual);
        return text != nullptr && text->starts_with("unique ") ? "data" : "performance";
    }
    // What should be there and is not breaks its users; what is there in addition does not.
    return missing ? "breaking" : "data";
}

}  // namespace

std::string_view severity(const DriftRow &row)
{
    if (row.operation == DriftOperation::not_compared) return "coverage";
    if (row.operation == DriftOperation::renamed) {
        return is_one_of(row.kind, {"constraint", "index", "trigger", "rule", "policy", "statistics"}) ? "cosmetic" : "breaking";
    }
    if (row.operation != DriftOperation::changed) return whole_fact_severity(row);
    const std::string_view attribute = row.attribute;
    if (is_one_of(attribute, {"comment", "index_comment", "not_null_comment", "identity_comment", "not_null_name"})) return "cosmetic";
    // The order of a composite type's attributes is part of its text form.
    if (attribute == "ordinal") return row.kind == "attribute" ? "breaking" : "cosmetic";
    if (is_one_of(row.kind, {"policy", "event_trigger", "default_privileges", "system_object", "large_object", "user_mapping"})) return "security";
    if (is_one_of(row.kind, {"server", "foreign_data_wrapper"}) || attribute == "trusted") return "security";
    if (is_one_of(row.kind, {"publication", "subscription"}) && !is_one_of(attribute, {"owner"})) return "data";
    if (row.kind == "statistics" && attribute != "owner") return "performance";
    if (is_one_of(row.kind, {"database", "role_settings"}) && attribute == "settings") return "data";
    if (is_one_of(attribute, {"connection_limit", "template", "dumped_tables", "extension"})) return "data";
    if (is_one_of(attribute, {"owner", "acl", "identity_acl", "row_security", "force_row_security", "security_definer", "leakproof",
                              "config", "security_invoker", "security_barrier"})) {
        return "security";
    }
    if (attribute == "options") return "performance";
    if (is_one_of(attribute, {"toast_options", "storage", "compression", "statistics", "tablespace", "access_method", "cluster_on",
                              "cost", "rows", "parallel", "support", "index_tablespace", "index_options", "index_statistics",
                              "depends_on_extension"})) {
        return "performance";
    }
    if (row.kind == "index") return is_one_of(attribute, {"unique", "nulls_not_distinct", "predicate"}) ? "data" : "performance";
    if (is_one_of(row.kind, {"constraint", "trigger", "rule", "sequence"})) return "data";
    if (is_one_of(attribute, {"persistence", "replica_identity", "replica_identity_index", "populated", "default", "identity_sequence",
                              "identity_persistence", "not_null_validated", "version", "detach_pending", "check_option"}) ||
        attribute.starts_with("identity_")) {
        return "data";
    }
    return "breaking";
}

}  // namespace core

#include "core/cpp_only.hpp"
