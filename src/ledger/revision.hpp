#pragma once

#include <string>

#include "pg/call.hpp"

// Alembic keeps the revisions a database is at in a table; its name is a
// setting (langchef_guard.alembic_version_table).
namespace ledger {

// What the version table holds now, several revisions separated by commas.
// With a version table in several schemas it is that of the given schema.
// Empty when there is none, when it cannot be told which, or when another
// session has it locked: recording waits for nobody.
std::string current_revision(const std::string &schema_name);

// Whether the setting names the relation, an ordinary table.
bool is_version_table(Oid relation);

// Puts the trigger that records migration steps on a version table that has
// none; does nothing to other relations.
void watch_if_version_table(Oid relation);
void watch_version_tables();

}  // namespace ledger
