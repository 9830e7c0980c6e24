#pragma once

#include <string_view>
#include <vector>

#include "core/fact.hpp"
#include "pg/call.hpp"

namespace intercept {

// Has every other guarded database that a command on shared objects matters to decide on it, before it runs.  Returns
// the objects decided on; raises LG001 or LG006 when one of them does not let it pass, and when it cannot be asked.
std::vector<core::Address> pass_other_databases(Node *parsetree, std::string_view statement, bool top_level);

}  // namespace intercept
