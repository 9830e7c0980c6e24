#pragma once

#include "core/repair/step.hpp"

// Columns of heirs that the table declares itself as well ("local"): only making the column decides that, and leaving a parent.
namespace core::repair {

// Says of which columns of a table whose parents change the plan makes it otherwise than wanted.
void note_local_columns(const Scene &scene, const Fact &was, const Fact &table, Steps &steps);
// The same of a column that changes, where the parents stay.
void note_local_column(const Scene &scene, const Fact &column, Steps &steps);

}  // namespace core::repair
