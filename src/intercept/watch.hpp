#pragma once

#include "pg/call.hpp"

namespace intercept {

// Before a utility command runs: judges it, and lets it pass or raises.
// Returns a number for after_utility, 0 when the command is of no concern.
std::uint64_t before_utility(const PlannedStmt *statement, const char *query, ProcessUtilityContext context);

// After it ran: spends the approval and records what fires no event trigger.
void after_utility(std::uint64_t command, const PlannedStmt *statement);

// After a utility command during which langchef_guard.mode was changed.
void after_mode_change(const PlannedStmt *statement, const char *query);

// ddl_command_start of a command the hook did not see, because the library
// was loaded by this very event trigger.
void before_event_command(Node *parsetree);

// Before DML that may change every row of a table: judges its plan, spends the
// approval it has, or raises.
void before_execution(const QueryDesc *query);

// Before DML of anybody but the guard: puts writes to the guard's own tables on record.
void record_own_writes(const QueryDesc *query);

// Whether the guard watches this process at all: it does not in its own
// worker, in parallel workers, on a standby, during a binary upgrade.
bool watching();

}  // namespace intercept
