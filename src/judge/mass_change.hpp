#pragma once

#include "core/judgement.hpp"
#include "pg/call.hpp"

namespace judge {

// DELETE and UPDATE of every row (rule D09), found in the plan: what the
// planner leaves without a condition has none, however it was written.
// Exempt: tables created and columns added by the same transaction, columns
// without a value, empty tables, temporary tables, system and guard tables,
// Alembic's version tables.
core::Judgement judge_mass_change(const PlannedStmt *statement);

}  // namespace judge
