#pragma once

#include "core/repair/changes.hpp"

namespace core::repair {

// Steps that say of which tables the columns stand in another order than is wanted once the plan was run: no
// command moves a column.
//   made  by table, the columns that the plan adds to it, in that order
void note_column_places(const Scene &scene, const Changes &changes, const std::map<std::string, std::vector<std::string>> &made, Steps &steps);

}  // namespace core::repair
