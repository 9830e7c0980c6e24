#pragma once

#include <vector>

#include "core/fact.hpp"

namespace intercept {

// What goes when objects are dropped.
struct Dropped {
    core::Address address;
    // Reached through a normal dependency, so only by CASCADE; false for parts
    // of what was named (indexes, defaults, owned sequences).
    bool collateral;
};

// The objects that dropping the given ones takes along, the given ones not
// included, found through pg_depend without locks.  Without cascade only what
// goes automatically.  Parts of a collateral object are not listed.
std::vector<Dropped> drop_closure(const std::vector<core::Address> &originals, bool cascade);

}  // namespace intercept
