#pragma once

#include "intercept/command.hpp"

namespace intercept {

// Decides on a judged command by mode, policy and the approvals the session
// presents.  Returns when it may run, with the approval to spend (if any) and
// its rules entered in the command; raises LG001 (after filing a proposal) or
// LG006 when it may not.
void pass_gate(CurrentCommand &command);

}  // namespace intercept
