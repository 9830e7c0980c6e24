#pragma once

#include <vector>

#include "core/drift.hpp"
#include "core/repair/selection.hpp"
#include "core/repair/step.hpp"

// Which facts a plan needs, and where they come from.
namespace drift {

// Adds what a plan needs for a row, of the side where its fact has the id.
void add_row(const core::DriftRow &row, std::string id, std::string parent, core::repair::Selection &selection);

// Whether it matters what tables come from which the rows do not tell it of.
bool needs_parents(const std::vector<core::DriftRow> &rows);
// The parents of the tables that something is about, and theirs.
void add_parents(core::FactSource &facts, core::repair::Selection &selection);

// The partitions of tables, and theirs, where rows are about indexes, constraints or NOT NULL: keys of theirs can stand on such an
// index, foreign keys on what they have of such a key, and NOT NULL of their own goes with the parent's.
//   tables  ids of tables that have such rows
void add_partitions(core::FactSource &facts, const std::vector<std::string> &tables, core::repair::Selection &selection);
std::vector<std::string> tables_with_partitions_concerned(const std::vector<core::DriftRow> &rows);

// The facts of a source that a plan needs.
core::repair::FactMap take(core::FactSource &facts, core::repair::Selection selection);

}  // namespace drift
