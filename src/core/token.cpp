#include "core/token.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

bool is_separator(char c) { return c == ',' || c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v'; }

bool is_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

std::string format_token(const std::array<std::uint8_t, token_bytes> &random)
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text(token_prefix);
    text.reserve(token_length);
    for (const std::uint8_t byte : random) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

bool is_token(std::string_view text)
{
    if (text.size() != token_length || text.substr(0, token_prefix.size()) != token_prefix) return false;
    for (const char c : text.substr(token_prefix.size())) {
        if (!is_digit(c)) return false;
    }
    return true;
}

std::vector<std::string_view> split_tokens(std::string_view list, std::size_t most)
{
    std::vector<std::string_view> parts;
    std::size_t position = 0;
    while (position < list.size() && parts.size() < most) {
        while (position < list.size() && is_separator(list[position])) ++position;
        const std::size_t start = position;
        while (position < list.size() && !is_separator(list[position])) ++position;
        if (position > start) parts.push_back(list.substr(start, position - start));
    }
    return parts;
}

bool equal_in_constant_time(std::string_view left, std::string_view right)
{
    if (left.size() != right.size()) return false;
    // Volatile keeps the compiler from leaving the loop early.
    volatile unsigned difference = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        difference = difference | (static_cast<unsigned char>(left[i]) ^ static_cast<unsigned>(static_cast<unsigned char>(right[i])));
    }
    return difference == 0;
}

}  // namespace core
