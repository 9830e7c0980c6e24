#pragma once

#include <vector>

#include "core/fact.hpp"

namespace intercept {

// What goes when objects are dropped.
enum class Reach {
    part,             // goes automatically: indexes, defaults, owned sequences, partitions
    cascade,          // depends on it, so goes by CASCADE only
    part_of_cascade,  // a part of what goes by CASCADE
};

struct Dropped {
    core::Address address;
    Reach reach;
    core::Address from;  // what it was found to depend on
};

// The objects that dropping the given ones takes along, the given ones not
// included, found through pg_depend without locks.  Without cascade only what
// goes automatically.
std::vector<Dropped> drop_closure(const std::vector<core::Address> &originals, bool cascade);

}  // namespace intercept
