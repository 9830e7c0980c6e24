#pragma once

#include "core/repair/step.hpp"

namespace core::repair {

// Sets effect, rule and detail of a step that changes a column's type, as far as the two names tell.
void judge_type_change(const std::string &from, const std::string &to, Step &step);

}  // namespace core::repair
