#pragma once

#include "core/repair/step.hpp"

namespace core::repair {

// " USING ...", as what a column's values become those of another type; empty where the server needs none: it then
// refuses a value that is too long, which a cast would cut.
std::string using_clause(const Scene &scene, const Fact &column, const std::string &from, const std::string &to);

// Sets effect, rule and detail of a step that changes a column's type, as far as the two names and the domains and
// enums among the facts tell.  A change that is not known to keep every value loses data.
void judge_type_change(const Scene &scene, const Fact &column, const std::string &from, const std::string &to, Step &step);

// The same where a type takes the place of another that only their texts lead to: a range, or a type with functions of its own.
void judge_new_type(const Scene &scene, const Fact &from, const Fact &to, Step &step);

}  // namespace core::repair
