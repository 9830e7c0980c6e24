#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/value.hpp"

namespace core {

using Tokens = std::vector<std::string>;

// Names without their quotes, words, constants and single characters.  Between
// the quotes of a constant there may be a name (of a sequence, for nextval).
Tokens tokens_of(std::string_view text);
// Those of an object's name; what stands in brackets, such as the types of arguments, is left out.
Tokens name_tokens(const Value &name);

}  // namespace core
