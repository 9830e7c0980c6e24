#include <doctest/doctest.h>

#include "core/value.hpp"

namespace {

std::string json(const core::Value &value)
{
    std::string out;
    core::append_json(out, value);
    return out;
}

}  // namespace

TEST_CASE("every kind of value has one JSON form")
{
    CHECK(json({}) == "null");
    CHECK(json(true) == "true");
    CHECK(json(false) == "false");
    CHECK(json(std::int64_t{0}) == "0");
    CHECK(json(std::int64_t{-9223372036854775807 - 1}) == "-9223372036854775808");
    CHECK(json(std::string("a")) == "\"a\"");
    CHECK(json(core::List{}) == "[]");
    CHECK(json(core::List{"a", "b"}) == R"(["a","b"])");
}

TEST_CASE("control characters, quotes and backslashes are escaped, other bytes pass")
{
    CHECK(json(std::string("\"\\\n\r\t\b\f")) == R"("\"\\\n\r\t\b\f")");
    CHECK(json(std::string("\x01\x1f")) == R"("\u0001\u001f")");
    CHECK(json(std::string("\x7f\xc3\xa4\xff")) == "\"\x7f\xc3\xa4\xff\"");
    CHECK(json(std::string()) == "\"\"");
}
