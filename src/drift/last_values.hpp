#pragma once

#include "core/repair/renaming.hpp"

namespace drift {

// The values that sequences have now whose limits are to be others, by the ids that the facts are to have.
std::map<std::string, std::int64_t, std::less<>> last_values(const core::repair::FactMap &live, const core::repair::Renaming &renaming, const core::repair::FactMap &wanted);

}  // namespace drift
