#pragma once

#include <string>
#include <vector>

#include "core/fact.hpp"

namespace catalog {
class Stamps;
}

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
// The addresses of all that nothing accounts for go to uncovered, also when they are not counted.
std::vector<Gap> find_gaps(std::vector<core::Address> &captured, std::uint32_t horizon, std::vector<core::Address> *uncovered = nullptr);

// The same for the objects given, in the order of their catalogs; what is in a settled group is accounted for.
std::vector<Gap> find_gaps_among(const std::vector<core::Address> &objects, std::vector<core::Address> &captured, std::uint32_t horizon,
                                 const Stamps &stamps, const std::vector<char> &settled, std::vector<core::Address> &uncovered);

// The oldest transaction that is not over.
std::uint32_t present_horizon();

}  // namespace catalog
