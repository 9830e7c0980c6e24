#include "core/repair/replacing.hpp"

#include <algorithm>

#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// Attributes that no ALTER command changes, by kind; "*": only owner, privileges, comment and the like can be changed.
struct Fixed {
    std::string_view kind;
    std::string_view attributes;
};

constexpr Fixed fixed[] = {
    {"table", "partition_key"},
    {"foreign_table", "server"},
    {"index", "method keys include predicate unique nulls_not_distinct"},
    {"constraint", "type definition no_inherit"},
    {"trigger", "timing level function condition old_table new_table from events update_of arguments constraint deferrable deferred"},
    {"policy", "command restrictive"},
    {"event_trigger", "event function tags"},
    {"matview", "definition"},
    {"operator", "function returns commutator negator hashes merges"},
    {"operator_class", "type storage family operators functions default"},
    {"cast", "method function context"},
    {"transform", "from_sql to_sql"},
    {"conversion", "from to function default"},
    {"access_method", "type handler"},
    {"collation", "provider collate ctype locale rules deterministic"},
    {"text_search_parser", "start get_token end headline token_types"},
    {"text_search_template", "init lexize"},
    {"text_search_dictionary", "template"},
    {"text_search_configuration", "parser"},
    {"statistics", "kinds keys"},
    {"server", "type"},
    {"publication", "all_tables"},
    {"subscription", "two_phase"},
    {"range", "subtype subtype_opclass collation canonical subtype_diff multirange"},
    {"domain", "type collation"},
    {"type", "input output length by_value alignment category preferred default element delimiter collatable"},
};

bool one_differs(const Fact &from, const Fact &to, std::string_view attributes)
{
    while (!attributes.empty()) {
        const auto end = std::min(attributes.find(' '), attributes.size());
        if (differs(&from, to, attributes.substr(0, end))) return true;
        attributes.remove_prefix(std::min(end + 1, attributes.size()));
    }
    return false;
}

bool constraint_must(const Fact &from, const Fact &to)
{
    const bool foreign = text_of(to, "type") == "foreign key";
    if (!foreign && (differs(&from, to, "deferrable") || differs(&from, to, "deferred") || differs(&from, to, "enforced"))) return true;
    // Valid ones do not become unchecked ones.
    if (flag_of(from, "validated", true) && !flag_of(to, "validated", true) && !differs(&from, to, "enforced")) return true;
    return differs(&from, to, "enforced") && !foreign;
}

bool column_must(const Scene &scene, const Fact &from, const Fact &to)
{
    if (!differs(&from, to, "generated") && !differs(&from, to, "generated_kind")) return false;
    const bool same_kind = text_of(from, "generated_kind") == text_of(to, "generated_kind");
    constexpr int with_set_expression = 17;
    if (has(from, "generated") && has(to, "generated") && same_kind) return scene.sql.major_version < with_set_expression;
    // A stored value can stay as an ordinary one.
    return has(to, "generated") || text_of(from, "generated_kind") == "virtual";
}

}  // namespace

bool is_on_another_table(const Fact &from, const Fact &to)
{
    return (to.kind == "index" || to.kind == "statistics") && from.parent != to.parent;
}

bool must_be_rebuilt(const Scene &scene, const Fact &from, const Fact &to)
{
    if (is_on_another_table(from, to)) return true;
    const auto *const found = std::find_if(std::begin(fixed), std::end(fixed), [&](const Fixed &one) { return one.kind == to.kind; });
    if (found != std::end(fixed) && one_differs(from, to, found->attributes)) return true;
    if ((to.kind == "index" && differs(&from, to, "valid")) || (to.kind == "constraint" && differs(&from, to, "index_valid"))) {
        // The index of a partitioned table is whole when all partitions have theirs.
        const auto table = scene.to.find(to.parent);
        if (table != scene.to.end() && has(table->second, "partition_key")) return true;
    }
    if (to.kind == "view") return differs(&from, to, "definition") && !can_replace_view(scene, from, to);
    if (to.kind == "function" || to.kind == "procedure" || to.kind == "aggregate") return !can_replace_routine(from, to);
    if (to.kind == "enum") return !can_extend_enum(scene, from, to);
    if (to.kind == "constraint") return constraint_must(from, to);
    if (to.kind == "column") return column_must(scene, from, to);
    if (to.kind == "policy") return (has(from, "using") && !has(to, "using")) || (has(from, "with_check") && !has(to, "with_check"));
    return false;
}

}  // namespace core::repair
