#pragma once

#include "core/script.hpp"

namespace scratch {

class Identity;

// Runs a statement of the text as psql would: in a transaction of its own, unless it stands in a block.
void execute(const core::ScriptStatement &statement, Identity &identity);

}  // namespace scratch
