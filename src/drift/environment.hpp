#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/not_null_name.hpp"

namespace drift {

// Version of the running server, which may be a later minor than the one built for.
std::int64_t server_version_num();
std::string database_encoding();
// Whether the server knows an encoding by the name.
bool is_encoding(const std::string &name);

// See core/not_null_name.hpp.
core::UsualNotNullName usual_not_null_name();
// The one that the column has; empty where there is none, or it has no name.
std::string present_not_null_name(const std::string &schema, const std::string &table, const std::string &column);

// Whether text of this database must be converted to be UTF-8.  Digests and
// the order of facts are those of UTF-8, so that they are equal in databases
// of different encodings.
bool needs_conversion();
// A copy in UTF-8.
std::string to_utf8(std::string_view text);

}  // namespace drift
