#pragma once

#include "core/repair/plan.hpp"

namespace core::repair {

// The state of one object before a command and after it; empty where there was none.
struct Undone {
    Facts before;
    Facts after;
};

// Takes the change out of the schema; what was changed in another way since stays as it is.
void take_back(const Undone &change, FactMap &wanted);

// The first fact that the change would be taken back from although another object or part has its name now, or that
// would be led to what a dropped one was; null when there is none.
//   same_addresses   the change was made in this database: what it left is still where it was, or gone
const Fact *other_in_place(const Undone &change, const FactMap &now, bool same_addresses);

// Says in the details what does not come back with a definition.
void tell_what_is_lost(const FactMap &wanted, std::vector<PlannedStep> &plan);

}  // namespace core::repair
