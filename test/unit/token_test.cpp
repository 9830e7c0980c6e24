#include <doctest/doctest.h>

#include "core/token.hpp"

namespace {

std::string token(char digit) { return "lcg_" + std::string(64, digit); }

}  // namespace

TEST_CASE("a token is its prefix and the bytes in lower-case hexadecimal")
{
    std::array<std::uint8_t, core::token_bytes> bytes{};
    bytes[0] = 0x0f;
    bytes[31] = 0xa0;
    const std::string text = core::format_token(bytes);
    CHECK(text == "lcg_0f" + std::string(60, '0') + "a0");
    CHECK(text.size() == core::token_length);
    CHECK(core::is_token(text));
}

TEST_CASE("only the exact shape is a token")
{
    CHECK(core::is_token(token('0')));
    CHECK(core::is_token(token('f')));
    CHECK_FALSE(core::is_token(""));
    CHECK_FALSE(core::is_token("lcg_"));
    CHECK_FALSE(core::is_token(token('F')));
    CHECK_FALSE(core::is_token(token('g')));
    CHECK_FALSE(core::is_token(token('0') + "0"));
    CHECK_FALSE(core::is_token(token('0').substr(1)));
    CHECK_FALSE(core::is_token("LCG_" + std::string(64, '0')));
    CHECK_FALSE(core::is_token(' ' + token('0')));
    std::string zero = token('0');
    zero[10] = '\0';
    CHECK_FALSE(core::is_token(zero));
    zero[10] = '\xc3';
    CHECK_FALSE(core::is_token(zero));
}

TEST_CASE("a list is split at commas and white space, empty parts do not count")
{
    CHECK(core::split_tokens("").empty());
    CHECK(core::split_tokens(" ,\t\r\n,").empty());
    CHECK(core::split_tokens("a") == std::vector<std::string_view>{"a"});
    CHECK(core::split_tokens(" a,b  c,,\nd ") == std::vector<std::string_view>{"a", "b", "c", "d"});
}

TEST_CASE("no more tokens are considered than are allowed")
{
    std::string list;
    for (int i = 0; i < 200; ++i) list += "x,";
    CHECK(core::split_tokens(list).size() == core::most_tokens);
    CHECK(core::split_tokens(list, 65).size() == 65);
    CHECK(core::split_tokens(list, 0).empty());
}

TEST_CASE("comparison looks at every byte")
{
    CHECK(core::equal_in_constant_time("", ""));
    CHECK(core::equal_in_constant_time("abc", "abc"));
    CHECK_FALSE(core::equal_in_constant_time("abc", "abd"));
    CHECK_FALSE(core::equal_in_constant_time("abc", "bbc"));
    CHECK_FALSE(core::equal_in_constant_time("abc", "ab"));
    CHECK_FALSE(core::equal_in_constant_time(std::string_view("\xff\x00", 2), std::string_view("\xff\x80", 2)));
}
