#pragma once

#include <string>
#include <vector>

#include "core/fact.hpp"
#include "core/policy.hpp"

namespace guard {

// Rows of langchef_guard.policy, read as the extension's owner.
std::vector<core::PolicyRow> load_policy();

// Names of roles in the policy that the session's role is or is a member of.
// A superuser is not a member of every role here: a rule for the application
// does not bind the DBA.
std::vector<std::string> roles_of_session(const std::vector<core::PolicyRow> &policy);

// Quoted name of the schema an object is in; empty when it is in none.
std::string schema_of(core::Address address);

}  // namespace guard
