#pragma once

#include <cstdint>
#include <string>

#include "pg/call.hpp"

namespace intercept {

// How many rows or values are at stake.
struct Count {
    std::int64_t rows = -1;  // -1: not known
    bool exact = false;

    // "12034 rows", "about 12034 rows"; empty when not known.
    std::string text(std::string_view noun) const;
};

// Rows of a table with its partitions and children.  Exact when the table is
// small and can be looked at without waiting for a lock, else the planner's estimate.
Count count_rows(Oid relation);

// Non-null values of a column, likewise (children included when with_children).
Count count_values(Oid relation, AttrNumber column, bool with_children);

}  // namespace intercept
