#pragma once

#include <vector>

#include "core/drift.hpp"

namespace core {

// Takes out the rows that say a column's place differs only because columns
// before it were added, removed or moved.
void keep_moved_columns(std::vector<DriftRow> &rows);

}  // namespace core
