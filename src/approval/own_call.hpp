#pragma once

#include <string>

namespace approval {

// Whether the statement, as the client wrote it, calls the guard's function of that name: qualified with the schema,
// or by a bare name that no other function of the database shares.  The text of a DO block counts.
bool is_own_call(const std::string &statement, const char *function);

}  // namespace approval
