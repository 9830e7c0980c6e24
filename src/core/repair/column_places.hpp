#pragma once

#include "core/repair/changes.hpp"

namespace core::repair {

// Steps that say of which tables the columns stand in another order than is wanted once the plan was run: no
// command moves a column.
void note_column_places(const Scene &scene, const Changes &changes, Steps &steps);

}  // namespace core::repair
