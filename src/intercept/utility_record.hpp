#pragma once

#include <vector>

#include "intercept/command.hpp"

namespace intercept {

// Ledger rows for a command that fires no event trigger: TRUNCATE, commands on
// roles, databases, tablespaces, event triggers and configuration.  Empty for
// all others.  Called before the command runs, so that names still resolve.
std::vector<UtilityRecord> utility_records(Node *parsetree);

// Whether a COPY or LOAD may have such a row: rows from outside for a table, programs and files of the server, code.
bool is_worth_recording(const Node *parsetree);

// What EXPLAIN ANALYZE CREATE TABLE AS (or CREATE MATERIALIZED VIEW) makes,
// without an event trigger; null for any other command.
const IntoClause *created_by_explain(Node *parsetree);

}  // namespace intercept
