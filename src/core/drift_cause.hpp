#pragma once

#include <vector>

#include "core/drift.hpp"

namespace core {

// Sets implied_by.  Reads the actual facts a second time where a table's
// inheritance differs.
void link_to_causes(std::vector<DriftRow> &rows, FactSource &actual);

}  // namespace core
