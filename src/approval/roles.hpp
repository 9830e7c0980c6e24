#pragma once

#include <string>

#include "pg/prelude.hpp"

namespace approval {

// The name of a role; its OID when it has gone meanwhile.
std::string role_name(Oid role);

// A line in the server's log, without the statement the server would add:
// it can hold secrets that only we know of.
void log_line(const std::string &text);

}  // namespace approval
