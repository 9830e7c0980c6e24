#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/rules.hpp"

namespace core {

// A row of the policy table; an absent member matches everything.
struct PolicyRow {
    std::int64_t id = 0;
    std::optional<std::string> rule;
    std::optional<std::string> rule_class;
    std::optional<std::string> schema;
    std::optional<std::string> object;
    std::optional<std::string> role;
    std::optional<std::int64_t> min_rows;
    Action action = Action::approve;
};

// What a policy is asked about.
//   schema, object  schema name and qualified name of the relation (or other
//                   object) concerned, as the server quotes them
//   roles           the session's role and those it is a member of
//   rows            -1 when not known, which counts as many
struct PolicyQuestion {
    const Rule *rule;
    std::string schema;
    std::string object;
    std::vector<std::string> roles;
    std::int64_t rows = -1;
};

// The action of the most specific row that matches (an object before a schema
// before a rule before a role before a class; the later row among equals), or
// the rule's own.
Action decide(const std::vector<PolicyRow> &policy, const PolicyQuestion &question);

}  // namespace core
