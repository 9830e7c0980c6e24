#pragma once

#include "core/rules.hpp"
#include "intercept/command.hpp"

namespace intercept {

// Decides on a judged command by mode, policy and the approvals the session
// presents.  Returns when it may run, with the approval to spend (if any) and
// its rules entered in the command; raises LG001 (after filing a proposal) or
// LG006 when it may not.
// Before an approval is spent outside of the transaction, and in any case before it returns, others are asked:
// databases that have a say in the command as well.
void pass_gate(CurrentCommand &command, const std::function<void()> &ask_others = {});

// Files the attempt as denied and raises LG003; the first effect leads the message.
[[noreturn]] void refuse_tampering(const core::Judgement &judgement, const std::string &detail = {});

// What policy says of each of the effects, as many and in their order.
std::vector<core::Action> actions_on(const std::vector<core::Effect> &effects);

// Leaves in the judgement the effects that need an approval or are denied, which come first; takes an action for each
// effect.  Returns whether something is denied.
bool keep_refused(core::Judgement &judgement, const std::vector<core::Action> &actions);

// What policy says of an object that is gone; names as the server gives them.
core::Action action_on(const std::string &rule, const std::string &schema, const std::string &identity);

}  // namespace intercept
