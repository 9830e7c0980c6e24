#include "core/vocabulary.hpp"

#include <algorithm>

#include "core/snapshot.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

// What a kind can have, as "name name ..." per type of value, and what it can be a part of.
struct Kind {
    std::string_view name;
    std::string_view parents;
    std::string_view texts;
    std::string_view lists;
    std::string_view flags;
    std::string_view numbers;
};

constexpr std::string_view tables = "table foreign_table view matview";

// Kinds that are never an object of their own: an extension owns the whole.
constexpr std::string_view parts = "column attribute constraint trigger rule policy";

constexpr Kind kinds[] = {
    {"schema", "", "owner comment", "acl", "", ""},
    {"extension", "", "owner comment schema version", "dumped_tables", "", ""},
    {"database", "", "owner comment", "acl settings", "template", "connection_limit"},
    {"role_settings", "", "", "settings", "", ""},
    {"large_object", "", "owner comment", "acl", "", ""},
    {"system_object", "", "", "acl", "", ""},
    {"language", "", "owner comment handler inline_handler validator", "acl", "trusted", ""},
    {"access_method", "", "comment type handler", "", "", ""},
    {"cast", "", "comment method function context", "", "", ""},
    {"transform", "", "comment from_sql to_sql", "", "", ""},
    {"foreign_data_wrapper", "", "owner comment handler validator", "acl options", "", ""},
    {"server", "foreign_data_wrapper", "owner comment type version", "acl options", "", ""},
    {"user_mapping", "server", "", "options", "", ""},
    {"publication", "", "owner comment generated_columns", "operations tables schemas", "all_tables via_root", ""},
    {"subscription", "", "owner comment slot", "publications options connection", "enabled two_phase", ""},
    {"default_privileges", "schema", "", "acl", "", ""},
    {"operator", "schema", "owner comment function returns commutator negator restrict join", "", "hashes merges", ""},
    {"operator_class", "schema", "owner comment type storage family", "operators functions", "default", ""},
    {"operator_family", "schema", "owner comment", "operators functions", "", ""},
    {"conversion", "schema", "owner comment from to function", "", "default", ""},
    {"collation", "schema", "owner comment provider collate ctype locale rules", "", "deterministic", ""},
    {"text_search_parser", "schema", "comment start get_token end headline token_types", "", "", ""},
    {"text_search_template", "schema", "comment init lexize", "", "", ""},
    {"text_search_dictionary", "schema", "owner comment template options", "", "", ""},
    {"text_search_configuration", "schema", "owner comment parser", "mappings", "", ""},
    {"statistics", "table foreign_table matview", "owner comment", "kinds keys", "", "target"},
    {"type", "schema",
     "owner comment input output receive send modifier_input modifier_output analyze subscript alignment storage category default element "
     "delimiter",
     "acl", "shell by_value preferred collatable", "length"},
    {"event_trigger", "", "owner comment event function enabled", "tags", "", ""},
    {"table", "schema",
     "owner comment persistence access_method tablespace cluster_on replica_identity replica_identity_index of_type partition_key "
     "partition_of partition_bound",
     "acl options toast_options inherits inherited_constraints inherited_indexes inherited_triggers",
     "row_security force_row_security detach_pending", ""},
    {"foreign_table", "schema",
     "owner comment persistence access_method tablespace cluster_on replica_identity replica_identity_index of_type partition_of "
     "partition_bound server",
     "acl options toast_options fdw_options inherits inherited_constraints inherited_indexes inherited_triggers",
     "row_security force_row_security detach_pending", ""},
    {"view", "schema", "owner comment persistence definition check_option", "acl options", "security_barrier security_invoker", ""},
    {"matview", "schema",
     "owner comment persistence definition access_method tablespace cluster_on replica_identity_index",
     "acl options toast_options depends_on_extension", "populated", ""},
    {"sequence", "schema", "owner comment persistence type owned_by", "acl", "cycle", "start increment min max cache"},
    {"index", tables, "comment method predicate tablespace", "keys include options statistics depends_on_extension",
     "unique nulls_not_distinct valid", ""},
    {"column", tables,
     "comment type collation storage compression identity identity_sequence identity_persistence identity_type identity_comment "
     "default generated generated_kind not_null_name not_null_comment",
     "acl options fdw_options identity_acl", "not_null inherited local identity_cycle not_null_validated not_null_no_inherit",
     "ordinal statistics identity_start identity_increment identity_min identity_max identity_cache"},
    {"attribute", "composite", "comment type collation storage compression", "acl options fdw_options", "not_null inherited local",
     "ordinal statistics"},
    {"constraint", "table foreign_table domain", "comment type definition index_tablespace index_comment",
     "enforcement index_options index_statistics", "inherited validated enforced deferrable deferred no_inherit index_valid", ""},
    {"trigger", tables, "comment timing level function condition old_table new_table enabled from",
     "events update_of arguments depends_on_extension", "constraint deferrable deferred", ""},
    {"rule", tables, "comment event enabled definition", "", "instead", ""},
    {"policy", tables, "comment command using with_check", "roles", "restrictive", ""},
    {"enum", "schema", "owner comment", "acl labels", "", ""},
    {"domain", "schema", "owner comment type default collation", "acl", "not_null", ""},
    {"composite", "schema", "owner comment", "acl", "", ""},
    {"range", "schema", "owner comment subtype subtype_opclass collation canonical subtype_diff multirange", "acl", "", ""},
    {"function", "schema",
     "owner comment returns language volatility parallel cost rows support library symbol sql_body body",
     "acl arguments config transforms depends_on_extension", "window strict security_definer leakproof", ""},
    {"procedure", "schema",
     "owner comment language volatility parallel cost rows support library symbol sql_body body",
     "acl arguments config transforms depends_on_extension", "window strict security_definer leakproof", ""},
    {"aggregate", "schema",
     "owner comment returns language volatility parallel cost rows support aggregate_kind transition_function final_function "
     "combine_function serial_function deserial_function moving_transition_function moving_inverse_function moving_final_function "
     "final_modify moving_final_modify sort_operator state_type moving_state_type initial_value moving_initial_value",
     "acl arguments config transforms depends_on_extension",
     "window strict security_definer leakproof final_extra moving_final_extra", "direct_arguments state_space moving_state_space"},
};

bool names(std::string_view list, std::string_view word)
{
    while (!list.empty()) {
        const auto end = std::min(list.find(' '), list.size());
        if (list.substr(0, end) == word) return true;
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return false;
}

const Kind *kind_of(std::string_view name)
{
    const auto *const found = std::find_if(std::begin(kinds), std::end(kinds), [name](const Kind &kind) { return kind.name == name; });
    return found != std::end(kinds) ? found : nullptr;
}

std::string quoted(std::string_view text)
{
    constexpr std::size_t longest = 200;
    if (text.size() <= longest) return '"' + std::string(text) + '"';
    // Not inside a character, in any encoding of one to four bytes.
    return "a name of " + std::to_string(text.size()) + " bytes";
}

std::string_view kind_in(std::string_view id) { return id.substr(0, id.find(':')); }

// "public.prompts" of "table:public.prompts".
std::string_view name_in(std::string_view id) { return id.substr(std::min(id.find(':'), id.size() - 1) + 1); }

void check_attribute(const Kind &kind, const std::string &name, const Value &value)
{
    const auto refuse = [&](std::string_view wanted) {
        throw SnapshotError("attribute " + quoted(name) + " of a fact of kind \"" + std::string(kind.name) + "\" must be " +
                            std::string(wanted));
    };
    if (names(kind.texts, name) || (name == "extension" && !names(parts, kind.name))) {
        if (!std::holds_alternative<std::string>(value)) refuse("text");
    } else if (names(kind.lists, name)) {
        if (!std::holds_alternative<List>(value)) refuse("a list");
    } else if (names(kind.flags, name)) {
        if (!std::holds_alternative<bool>(value)) refuse("true or false");
    } else if (names(kind.numbers, name)) {
        if (!std::holds_alternative<std::int64_t>(value)) refuse("an integer");
    } else {
        throw SnapshotError("a fact of kind \"" + std::string(kind.name) + "\" has no attribute " + quoted(name));
    }
}

// Kinds that are not named after what they are a part of.
constexpr std::string_view named_apart = "index statistics server default_privileges";

// What has a parent is named after it, but for those.
bool can_be_part(const Kind &kind, const Fact &fact)
{
    // Default privileges may be those of all schemas.
    if (fact.parent.empty()) return kind.parents.empty() || kind.name == "default_privileges";
    if (kind.parents.empty()) return false;
    if (fact.parent.find(':') == std::string::npos || !names(kind.parents, kind_in(fact.parent))) return false;
    if (names(named_apart, kind.name)) return true;
    const auto whole = name_in(fact.parent);
    const auto part = name_in(fact.id);
    return !whole.empty() && part.size() > whole.size() + 1 && part.starts_with(whole) && part[whole.size()] == '.';
}

}  // namespace

void check_fact(const Fact &fact)
{
    const auto *const kind = kind_of(fact.kind);
    if (kind == nullptr) throw SnapshotError("this version of langchef_guard knows no facts of kind " + quoted(fact.kind));
    if (!can_be_part(*kind, fact)) {
        throw SnapshotError(fact.parent.empty() ? "fact " + quoted(fact.id) + " has no parent"
                                                : "fact " + quoted(fact.id) + " cannot be a part of " + quoted(fact.parent));
    }
    for (const auto &[name, value] : fact.payload) check_attribute(*kind, name, value);
}

bool is_drift_kind(std::string_view kind) { return kind_of(kind) != nullptr || kind == "system_catalog"; }

bool is_drift_attribute(std::string_view kind, std::string_view attribute)
{
    // What is told of every kind: another name or parent, and whose member it is.
    if (names("name parent extension", attribute)) return true;
    return std::any_of(std::begin(kinds), std::end(kinds), [&](const Kind &known) {
        if (!kind.empty() && known.name != kind) return false;
        return names(known.texts, attribute) || names(known.lists, attribute) || names(known.flags, attribute) || names(known.numbers, attribute);
    });
}

bool is_fact_kind(std::string_view name) { return kind_of(name) != nullptr; }

void ParentCheck::add(const Fact &fact, std::int64_t line)
{
    constexpr std::string_view with_parts = "table foreign_table view matview composite domain";
    if (names(with_parts, fact.kind)) wholes_.insert(fact.id);
    if (!names(named_apart, fact.kind) && names(with_parts, kind_in(fact.parent))) wanted_.try_emplace(fact.parent, Part{fact.id, line});
}

void ParentCheck::finish()
{
    const std::pair<const std::string, Part> *first = nullptr;
    for (const auto &wanted : wanted_) {
        if (!wholes_.contains(wanted.first) && (first == nullptr || wanted.second.line < first->second.line)) first = &wanted;
    }
    if (first == nullptr) return;
    line_ = first->second.line;
    throw SnapshotError("fact " + quoted(first->second.id) + " is a part of " + quoted(first->first) + ", which the document lacks");
}

}  // namespace core
