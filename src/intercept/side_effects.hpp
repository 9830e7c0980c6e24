#pragma once

#include <vector>

#include "ledger/record.hpp"
#include "pg/call.hpp"

namespace intercept {

// Objects whose definitions a command changes that fires no event trigger: the table of
// CLUSTER ... USING, and what shows the name of a role or a tablespace.  Called before the
// command runs, so that names still resolve.
std::vector<ledger::SideEffect> side_effects(const Node *parsetree);

}  // namespace intercept
