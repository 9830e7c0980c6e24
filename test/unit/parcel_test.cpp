#include <doctest/doctest.h>

#include "core/parcel.hpp"

TEST_CASE("a parcel comes out as it was packed")
{
    const std::string zeros(3, '\0');
    const auto bytes = core::pack('F', {"digest", "", zeros});
    const auto parcel = core::unpack(bytes);
    REQUIRE(parcel.has_value());
    CHECK(parcel->kind == 'F');
    CHECK(parcel->fields == std::vector<std::string_view>{"digest", "", zeros});
    CHECK(core::unpack(core::pack('D', {}))->fields.empty());
}

TEST_CASE("what is cut is no parcel")
{
    const auto bytes = core::pack('F', {"digest", "text"});
    CHECK_FALSE(core::unpack("").has_value());
    for (std::size_t size = 2; size < bytes.size(); ++size) {
        const bool whole = size == 1 + sizeof(std::uint64_t) + 6;  // ends after the first field
        CHECK(core::unpack(std::string_view(bytes).substr(0, size)).has_value() == whole);
    }
}
