#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/renames.hpp"
#include "drift/expected_schema.hpp"

namespace drift {

// Why a difference is there, as far as is known.
//   ledger_id   the ledger row that made it, 0 for none
//   xid         transaction that wrote the actual fact's catalog row, 0 when not known
//   before      it was there when the expected schema was registered
struct Blame {
    std::int64_t ledger_id = 0;
    std::uint64_t xid = 0;
    bool before = false;
};

// Everything one call of drift() has found.
struct Report {
    ExpectedSchema schema;
    std::vector<core::DriftRow> rows;
    std::vector<std::string> ids;         // per row
    std::vector<std::string_view> severities;
    std::vector<Blame> blames;
    std::vector<std::size_t> order;       // rows as they are shown: roots by severity, then what they imply
};

// Compares the catalogs with the schema of that name (none: the active one)
// and looks for the causes of the differences.
Report make_report(OwnerSession &session, const std::optional<std::string> &name);

// Finds the ledger rows that explain the differences; within an OwnerSession.
std::vector<Blame> find_blame(const ExpectedSchema &schema, const std::vector<core::DriftRow> &rows, const core::Renames &renames);

}  // namespace drift
