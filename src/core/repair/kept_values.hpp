#pragma once

#include "core/repair/column_type.hpp"

namespace core::repair {

// What becomes of values when their column has another type.
//   all           every value stays what it is
//   all_or_fails  the command fails rather than change a value
//   not_known     some may be cut, rounded or read in another way
enum class Kept { all, all_or_fails, not_known };

Kept kept_values(const Scene &scene, const ColumnType &from, const ColumnType &to);

// Whether the rows stay as they are on disk.
bool stays_in_place(const ColumnType &from, const ColumnType &to);

}  // namespace core::repair
