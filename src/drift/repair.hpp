#pragma once

#include <vector>

#include "core/drift.hpp"
#include "core/repair/plan.hpp"
#include "pg/srf.hpp"

namespace drift {

// How commands are written, for whoever called the function; for_this_database: those of a plan that is run here, where
// names can be looked up.
core::repair::Dialect dialect(bool for_this_database);

// The rows that repair() and its like return.
void add_plan(pg::ResultSet &result, const std::vector<core::repair::PlannedStep> &plan);

}  // namespace drift
