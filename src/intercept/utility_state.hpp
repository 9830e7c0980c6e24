#pragma once

#include <string>

#include "core/fact.hpp"

namespace intercept {

// What commands without event triggers can change of a role (its members and comment), a
// database or tablespace (its comment) or an event trigger: equal before and after a command
// that changed nothing of it.  Not for people.
std::string utility_state(core::Address address);

}  // namespace intercept
