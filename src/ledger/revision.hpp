#pragma once

#include <string>
#include <string_view>

#include "pg/call.hpp"

// Alembic keeps the revisions a database is at in a table; its name is a
// setting (langchef_guard.alembic_version_table).
namespace ledger {

// Anybody can make a table of that name.  So only a table of Alembic's shape counts (one
// column, version_num), and only when the setting names it with its schema, when its owner is a
// superuser, the database's owner or a role whose privileges the session's role has, or when it stands
// in the schema of what is changed.

// What the version table holds now, several revisions separated by commas.
// With a version table in several schemas it is that of the given schema.
// Empty when there is none, when it cannot be told which, when another session has it
// locked, or when it cannot be read at once: recording waits for nobody and fails for no table.
std::string current_revision(const std::string &schema_name);

// A value of a version table, without a look at what is stored elsewhere; empty when it
// is no revision.
std::string_view revision_view(Datum value);

// Whether the setting names the relation, a table of Alembic's shape, and whether what this
// session writes there counts as a step of its own.
enum class VersionTable { none, named, trusted };
VersionTable version_table(Oid relation);

// Puts the trigger that records migration steps on a version table that has
// none; does nothing to other relations.
void watch_if_version_table(Oid relation);
void watch_version_tables();

}  // namespace ledger
