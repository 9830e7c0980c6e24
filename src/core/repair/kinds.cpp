#include "core/repair/kinds.hpp"

#include <algorithm>

#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

void make_unknown(const Scene &, const Fact *, const Fact &to, Steps &steps) { add_manual(steps, to, "This version knows no command for it."); }
void drop_unknown(const Scene &, const Fact &from, Steps &steps) { add_manual(steps, from, "This version knows no command for it."); }

void make_system_object(const Scene &, const Fact *, const Fact &to, Steps &steps)
{
    add_manual(steps, to, "Privileges on the system's own objects are given by hand: compare acl in drift().");
}

void drop_system_object(const Scene &, const Fact &from, Steps &steps)
{
    add_manual(steps, from, "What privileges the server came with is not in the snapshot: revoke by hand what is in acl and was not in pg_init_privs.");
}

constexpr Kind unknown{"", 70, false, make_unknown, drop_unknown};

constexpr Kind kinds[] = {
    {"schema", 1, false, make_schema, drop_plainly},
    {"extension", 2, false, make_extension, drop_plainly},
    {"collation", 3, false, make_collation, drop_plainly},
    {"enum", 4, false, make_enum, drop_plainly},
    {"domain", 5, false, make_domain, drop_plainly},
    {"composite", 5, false, make_composite, drop_plainly},
    {"attribute", 6, false, make_attribute, drop_column},
    {"type", 5, false, make_base_type, drop_plainly},
    {"range", 6, false, make_range, drop_plainly},
    {"sequence", 7, false, make_sequence, drop_plainly},
    {"function", 10, false, make_routine, drop_plainly},
    {"procedure", 10, false, make_routine, drop_plainly},
    {"language", 11, false, make_language, drop_plainly},
    {"access_method", 11, false, make_access_method, drop_plainly},
    {"aggregate", 12, false, make_aggregate, drop_plainly},
    {"operator", 13, false, make_operator, drop_plainly},
    {"operator_family", 14, false, make_operator_family, drop_plainly},
    {"operator_class", 15, false, make_operator_class, drop_plainly},
    {"cast", 16, true, make_cast, drop_plainly},
    {"transform", 16, true, make_transform, drop_plainly},
    {"conversion", 16, true, make_conversion, drop_plainly},
    {"text_search_parser", 17, false, make_text_search, drop_plainly},
    {"text_search_template", 17, false, make_text_search, drop_plainly},
    {"text_search_dictionary", 18, false, make_text_search, drop_plainly},
    {"text_search_configuration", 19, false, make_text_search, drop_plainly},
    {"foreign_data_wrapper", 20, false, make_foreign_data_wrapper, drop_plainly},
    {"server", 21, false, make_server, drop_plainly},
    {"user_mapping", 22, true, make_user_mapping, drop_user_mapping},
    {"table", 23, false, make_table, drop_plainly},
    {"foreign_table", 23, false, make_table, drop_plainly},
    {"column", 24, false, make_column, drop_column},
    {"constraint", 26, true, make_constraint, drop_part},
    {"index", 27, true, make_index, drop_index},
    {"statistics", 29, true, make_statistics, drop_plainly},
    {"view", 30, false, make_view, drop_plainly},
    {"matview", 31, false, make_view, drop_plainly},
    {"rule", 33, true, make_rule, drop_part},
    {"trigger", 34, true, make_trigger, drop_part},
    {"policy", 35, true, make_policy, drop_part},
    {"publication", 40, true, make_publication, drop_plainly},
    {"subscription", 41, true, make_subscription, drop_subscription},
    {"default_privileges", 42, true, make_default_privileges, drop_default_privileges},
    {"large_object", 43, true, make_nothing, drop_large_object},
    {"role_settings", 44, true, make_role_settings, drop_role_settings},
    {"database", 45, true, make_database, drop_nothing},
    {"system_object", 46, true, make_system_object, drop_system_object},
    {"event_trigger", 60, true, make_event_trigger, drop_plainly},
};

}  // namespace

const Kind &kind_of(const Fact &fact)
{
    const auto *const found = std::find_if(std::begin(kinds), std::end(kinds), [&](const Kind &kind) { return kind.name == fact.kind; });
    return found != std::end(kinds) ? *found : unknown;
}

// A foreign key needs the key that it refers to, and the index behind a constraint comes with it.
int rank_of(const Fact &fact)
{
    constexpr int after_indexes = 2;
    const int rank = kind_of(fact).rank;
    return is_foreign_key(fact) ? rank + after_indexes : rank;
}

}  // namespace core::repair
