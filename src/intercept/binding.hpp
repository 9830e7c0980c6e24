#pragma once

#include "core/judgement.hpp"
#include "pg/call.hpp"

namespace intercept {

// Where the new body or the assigned values are what matters (rules D09, D20
// and D26), makes the command's own text part of what is approved: the slice
// as it was sent, the schemas its names are looked up in, and the values of its
// parameters.  The proposal shows the text with its secrets masked, so what is
// kept is a hash with the installation's key, which nobody can search for them.
void bind_to_text(core::Judgement &judgement, std::string_view slice, ParamListInfo parameters = nullptr);

// What stands for the text of a statement that has none: the body of a
// SQL-standard function is kept as a tree.  The expressions of its plan.
std::string text_of_plan(const PlannedStmt *statement);

}  // namespace intercept
