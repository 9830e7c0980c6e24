#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace core {

using List = std::vector<std::string>;

// One attribute of a fact: absent (its default), a scalar, or a list of texts.
// Sets are stored sorted by whoever builds them; lists whose order has a
// meaning (enum labels, index keys) keep it.
using Value = std::variant<std::monostate, bool, std::int64_t, std::string, List>;

// Appends text as a JSON string literal.  Takes UTF-8 or any other
// ASCII-compatible server encoding: bytes above 0x7f pass unchanged.
void append_json_string(std::string &out, std::string_view text);

// Appends the canonical JSON form of a value: no spaces, null for absent.
void append_json(std::string &out, const Value &value);

}  // namespace core
