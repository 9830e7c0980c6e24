#pragma once

#include <vector>

#include "core/drift.hpp"

namespace core {

// Links renames to the one they go along with: of indexes and sequences, when
// their table got another schema, and of a column, when that of the parent
// table or of the composite type got another name.
void link_followers(std::vector<DriftRow> &rows);

}  // namespace core
