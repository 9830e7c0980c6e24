#pragma once

#include <string>
#include <vector>

#include "core/fact.hpp"

namespace catalog {

// A system catalog with objects that nothing accounts for.
struct Gap {
    std::string catalog;
    std::int64_t objects = 0;
    std::string first;  // one of them, as the server describes it
};

// Looks at every object that the system catalogs of this database hold, also in catalogs that came
// with a later version of the server, and gives those that neither are among the captured nor belong
// to one that is, and that are not left out on purpose: temporary objects, TOAST, data, and what is
// the guard's.  What transactions wrote that were not over at the horizon is left out as well: it may
// have come while the captured were read.  Sorts the captured.
std::vector<Gap> find_gaps(std::vector<core::Address> &captured, std::uint32_t horizon);

// The oldest transaction that is not over.
std::uint32_t present_horizon();

}  // namespace catalog
