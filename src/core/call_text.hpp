#pragma once

#include <optional>
#include <string_view>

namespace core {

// Whether the text calls a function by its name: the name, maybe in double
// quotes, before an opening parenthesis, and either unqualified or in the given
// schema.  Text in quotes counts as well, since a block of code is the caller's
// own text, too; comments do not.
bool names_call(std::string_view text, std::string_view schema, std::string_view function);

// The prepared statement that EXECUTE runs, as it is written; null for any other text.
std::optional<std::string_view> executed_name(std::string_view text);

}  // namespace core
