#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/drift_scope.hpp"
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
    std::vector<std::string> suppressed_by;  // per row, why it does not count; empty when it does
    std::vector<core::LeftOut> left_out;     // what the options of the schema leave out
};

// Whether a report has the differences that were ignored or accepted.
enum class Suppressed { left_out, included };

// Compares the catalogs with the schema of that name (none: the active one)
// and looks for the causes of the differences.
Report make_report(OwnerSession &session, const std::optional<std::string> &name, Suppressed suppressed = Suppressed::left_out);

// The id of a difference from the schema of that name.
std::string drift_id(const std::string &name, const core::DriftRow &row);
// What versions of the server have to do with a difference, as a sentence; mostly nothing.
std::string version_remark(const core::DriftRow &row, std::int64_t expected_version, std::int64_t actual_version);
// A value as a column of a report: null for an absent one, which is not the same as an empty text.
pg::Parameter value_text(const core::Value &value);
// Places of the rows of a report as they are shown.
std::vector<std::size_t> showing_order(const std::vector<core::DriftRow> &rows, const std::vector<std::string_view> &severities);

// Finds the ledger rows that explain the differences; within an OwnerSession.
std::vector<Blame> find_blame(const ExpectedSchema &schema, const std::vector<core::DriftRow> &rows, const core::Renames &renames);

}  // namespace drift
