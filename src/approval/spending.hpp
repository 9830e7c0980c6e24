#pragma once

#include <cstdint>
#include <string>

namespace approval {

// Counts one use of a command of an approval, acting as the current user, who
// must be the extension's owner.  Waits for a concurrent use to end.  Returns
// why it was not possible, as a phrase, or an empty text.
std::string spend_one(std::int64_t approval, std::int32_t command);

// Raises LG002 when a worker's failure is such a phrase, and returns when it is one of the worker's own.
void require_spent(const std::string &failure);

}  // namespace approval
