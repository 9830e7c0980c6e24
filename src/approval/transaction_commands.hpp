#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "approval/commands.hpp"

namespace approval {

// Remembers, to the end of the transaction or the rollback of the current
// subtransaction, a command that ran under an approval.
void remember_command(const Command &command);

// Those of the current transaction, in the order they ran.
std::vector<Command> remembered_commands();

// Likewise a proposal that the transaction decides on: its row stays locked
// until the end, so that nobody else can file attempts on it.
void remember_decision(std::int64_t proposal);
std::vector<std::int64_t> decided_proposals();

}  // namespace approval
