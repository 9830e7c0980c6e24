#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace core {

// The text of a token: "lcg_" and 64 lower-case hexadecimal digits.
inline constexpr std::string_view token_prefix = "lcg_";
inline constexpr std::size_t token_bytes = 32;
inline constexpr std::size_t token_length = token_prefix.size() + 2 * token_bytes;

// As many tokens of one list are considered; whatever follows is not.
inline constexpr std::size_t most_tokens = 64;

std::string format_token(const std::array<std::uint8_t, token_bytes> &random);

// Whether the text has the shape of a token, nothing else.
bool is_token(std::string_view text);

// The parts of a list separated by commas or white space, at most `most`;
// empty parts are skipped, nothing is validated.  Views into the argument.
std::vector<std::string_view> split_tokens(std::string_view list, std::size_t most = most_tokens);

// Compares without stopping at the first difference.  Texts of different length differ.
bool equal_in_constant_time(std::string_view left, std::string_view right);

}  // namespace core
