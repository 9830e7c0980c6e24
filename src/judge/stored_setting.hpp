#pragma once

#include <optional>
#include <string>

#include "pg/call.hpp"

namespace judge {

// A setting kept for sessions to come, by ALTER SYSTEM, ALTER DATABASE or ALTER ROLE.
struct StoredSetting {
    std::string name;   // empty for all of them
    std::string value;  // empty when it is reset
    std::string place;  // " of database ...", " of role ..." or " of the server"
    bool of_guard = false;  // what the guard does, or whether it is there
    bool relaxes = false;  // what is no longer refused is still recorded
    Oid database = InvalidOid;
    Oid role = InvalidOid;
};

// Whether the guard depends on the setting.
bool is_guarded_setting(const char *name);

// What a command does to a setting that the guard depends on; null when it does nothing to one, or when the role may
// not change it, which the server will tell.
std::optional<StoredSetting> guarded_setting(const Node *parsetree);

}  // namespace judge
