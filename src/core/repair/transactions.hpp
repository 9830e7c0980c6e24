#pragma once

#include "core/repair/plan.hpp"

namespace core::repair {

// Gives the steps the numbers of their transactions, with the settings that these need.
std::vector<PlannedStep> in_transactions(std::vector<PlannedStep> planned);

}  // namespace core::repair
