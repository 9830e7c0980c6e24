#pragma once

#include <vector>

#include "core/drift.hpp"

namespace core {

// Takes out the rows that are not kept.  What they implied is implied by what
// implied them, or by nothing.
void keep_rows(std::vector<DriftRow> &rows, const std::vector<bool> &kept);

}  // namespace core
