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

// How sure a count has to be that there is nothing.
enum class Proof {
    snapshot,   // what is committed now
    exclusive,  // nothing can appear any more: zero is exact only under the
                // lock the command is about to take, got without waiting and kept
};

// Rows of a table with its partitions and children.  Exact when the table is
// small and can be looked at without waiting for a lock, else the planner's
// estimate.  Not known in mode record, where nobody reads it, nor when the
// table cannot be read.
Count count_rows(Oid relation, bool with_children = true, Proof proof = Proof::snapshot);

// Non-null values of a column, likewise (children included when with_children).
Count count_values(Oid relation, AttrNumber column, bool with_children, Proof proof = Proof::snapshot);

// The relation and, when wanted, all its partitions and children.
std::vector<Oid> members_of(Oid relation, bool with_children);

}  // namespace intercept
