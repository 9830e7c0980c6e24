#pragma once

#include <string>
#include <string_view>

namespace core {

// The statement with its secrets replaced by '<redacted>': passwords of roles,
// connection strings of subscriptions, OPTIONS of servers and user mappings,
// tokens of the guard, wherever they stand in the text (dollar-quoted bodies
// included).  Takes text of any ASCII-compatible encoding; never fails.
std::string redact(std::string_view statement);

// The text with the guard's tokens replaced by <redacted>, nothing else.
std::string redact_tokens(std::string_view text);

// The own part of a statement in a multi-statement string: location and
// length as PlannedStmt has them (-1: unknown start, 0: to the end), trimmed
// of white space, comments before it and the semicolon.
std::string_view own_slice(std::string_view query, int location, int length);

}  // namespace core
