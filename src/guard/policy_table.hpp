#pragma once

#include <string>
#include <vector>

#include "core/fact.hpp"
#include "core/policy.hpp"

namespace guard {

// Rows of langchef_guard.policy, read as the extension's owner.
std::vector<core::PolicyRow> load_policy();

// Names of the session's role and of every role it is a member of.
std::vector<std::string> roles_of_session();

// Quoted name of the schema an object is in; empty when it is in none.
std::string schema_of(core::Address address);

}  // namespace guard
