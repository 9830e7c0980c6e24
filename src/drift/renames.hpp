#pragma once

#include "core/drift_scope.hpp"
#include "core/renames.hpp"
#include "drift/expected_schema.hpp"
#include "pg/cursor.hpp"

namespace drift {

// What the ledger knows of names since the expected schema was registered; empty
// when nothing was renamed.
core::Renames find_renames(OwnerSession &session, const ExpectedSchema &schema);

// core::find_drift, with the expected facts under the names of today, and those of them that are in the scope, as the
// actual ones are.
std::vector<core::DriftRow> find_drift(core::ExpectedSource &expected, core::FactSource &actual, const core::Renames &renames,
                                       const core::DriftScope &scope, std::size_t most);

// One difference of a ledger row, as far as it is about a name.
//   removed and added: of a fact; else renamed, when the attribute is "name"
void add_name_event(core::NameEvents &events, const std::string &fact, std::string_view operation, std::string_view attribute,
                    const std::string &before, const std::string &after);

// Ledger rows since the registration: of this cluster, and of transactions that
// were under way then.  Parameters $1 to $4 as registration_bounds() gives them.
#define LCG_SINCE_REGISTRATION                                                                                                  \
    "(l.id OPERATOR(pg_catalog.>) $1"                                                                                           \
    "  OR (l.xid OPERATOR(pg_catalog.>=) pg_catalog.pg_snapshot_xmin($3::pg_catalog.pg_snapshot)"                               \
    "      AND l.xid OPERATOR(pg_catalog.<>) $4::pg_catalog.xid8"                                                               \
    "      AND NOT pg_catalog.pg_visible_in_snapshot(l.xid, $3::pg_catalog.pg_snapshot)))"                                      \
    " AND l.system_identifier OPERATOR(pg_catalog.=) $2"

struct RegistrationBounds {
    RegistrationBounds(const ExpectedSchema &schema, std::int64_t since_row);
    pg::Parameter since;
    pg::Parameter system_identifier;
    pg::Parameter snapshot;
    pg::Parameter transaction;
};

// A text of the JSON that stands for a value; empty when it is none.
std::string json_text(const std::string &json);

}  // namespace drift
