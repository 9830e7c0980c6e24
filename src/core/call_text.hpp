#pragma once

#include <string_view>

namespace core {

// Whether the text calls a function by its name: the name as a word of its
// own, maybe in double quotes, followed by an opening parenthesis, and either
// unqualified or in the given schema.  Text in quotes counts as well, since a
// block of code is the caller's own text, too.
bool names_call(std::string_view text, std::string_view schema, std::string_view function);

}  // namespace core
