#pragma once

#include <string>
#include <vector>

#include "core/drift_scope.hpp"
#include "drift/expected_schema.hpp"

// What of the differences from an expected schema does not count: its options, the
// ignore rules, and what was accepted.
namespace drift {

core::DriftScope find_scope(OwnerSession &session, const std::string &name);
// The same as committed by now, for who holds the table's lock.
core::DriftScope find_latest_scope(OwnerSession &session, const std::string &name);

// The same for facts whose keys are in UTF-8.
core::DriftScope in_utf8(const core::DriftScope &scope);

// Whether anything could keep a difference from this schema from counting.
bool has_exceptions(OwnerSession &session, const std::string &name);

// Takes out what the options leave out.
std::vector<core::LeftOut> leave_out(OwnerSession &session, const std::string &name, const core::DriftScope &scope, std::vector<core::DriftRow> &rows);

// Why each difference does not count, empty for those that do.
std::vector<std::string> find_suppressed(OwnerSession &session, const std::string &name, const std::vector<core::DriftRow> &rows,
                                         const std::vector<std::string> &ids);

// Raised for options that cannot be.
pg::GuardError bad_options(const std::string &message);
// Reads options over a scope, in the encoding of the database.
core::DriftScope with_options(const core::DriftScope &scope, const std::string &json);

}  // namespace drift
