#pragma once

#include <string_view>

namespace core {

// Whether a text in which statements are quoted, such as the context of an error, may hold a secret.
bool may_hold_secret(std::string_view text);

}  // namespace core
