#pragma once

#include <vector>

#include "core/drift.hpp"

namespace core {

// Links changes that are no more than another object's new name in a text (of a
// view, an index, a foreign key, a function's arguments) to the row of the rename.
void link_to_renames(std::vector<DriftRow> &rows);

}  // namespace core
