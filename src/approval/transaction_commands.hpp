#pragma once

#include <string>
#include <vector>

#include "approval/commands.hpp"

namespace approval {

// Remembers, to the end of the transaction or the rollback of the current
// subtransaction, a command that ran under an approval.
void remember_command(const Command &command);

// Those of the current transaction, in the order they ran.
std::vector<Command> remembered_commands();

}  // namespace approval
