#pragma once

#include <string>
#include <string_view>

namespace catalog {

// The key of this database, as it is stored; empty when it has none.
std::string secret_key_bytes();
// From now on secrets are hidden as in the database that has this key, for this process; the bytes must stay.
void use_secret_key(std::string_view key);

}  // namespace catalog
