#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pg/spi.hpp"

namespace drift {

// Arguments of functions, counted from 0; `name` is the parameter's.

// Why somebody does something: a text that is not null and not blank.
std::string required_reason(FunctionCallInfo fcinfo, int argument);
// Null stays null.
std::optional<std::string> optional_argument(FunctionCallInfo fcinfo, int argument);
// The elements of a text[], which must not be null, and of which none may be.
std::vector<std::string> required_texts(FunctionCallInfo fcinfo, int argument, const char *name);

// A text[] parameter of a statement.
pg::Parameter text_array_of(const std::vector<std::optional<std::string>> &items);

}  // namespace drift
