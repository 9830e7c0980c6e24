#pragma once

#include <optional>
#include <string>

#include "approval/arguments.hpp"
#include "guard/installation.hpp"
#include "pg/spi.hpp"

namespace approval {

// The extension of this database; raises when the functions outlived it.
guard::Installation require_installation();

// Whether one of the names is the session's or the authenticated role of this
// session, that is, the same person by four_eyes.
bool is_this_session(const std::string &role, const std::string &other);

// Draws a token: its text for the caller's eyes, its hash for the table.
struct NewToken {
    std::string text;
    pg::Parameter hash;
};
NewToken new_token();

}  // namespace approval
