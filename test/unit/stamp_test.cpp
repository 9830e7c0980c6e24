#include <doctest/doctest.h>

#include "core/stamp.hpp"

TEST_CASE("a stamp is the sum of its rows, in any order")
{
    const auto one = core::row_stamp(1259, 1 << 16 | 1, 700);
    const auto other = core::row_stamp(1249, 2 << 16 | 7, 700);
    core::Stamp forth;
    forth.add(one);
    forth.add(other);
    core::Stamp back;
    back.add(other);
    back.add(one);
    CHECK(forth == back);
    CHECK(forth != one);
}

TEST_CASE("catalog, place and writer each make another stamp")
{
    const auto stamp = core::row_stamp(1259, 1 << 16 | 1, 700);
    CHECK(stamp == core::row_stamp(1259, 1 << 16 | 1, 700));
    CHECK(stamp != core::row_stamp(1249, 1 << 16 | 1, 700));
    CHECK(stamp != core::row_stamp(1259, 1 << 16 | 2, 700));
    CHECK(stamp != core::row_stamp(1259, 1 << 16 | 1, 701));
    // Two rows that change places are two other rows.
    core::Stamp before = core::row_stamp(1259, 1, 700);
    before.add(core::row_stamp(1259, 2, 701));
    core::Stamp after = core::row_stamp(1259, 1, 701);
    after.add(core::row_stamp(1259, 2, 700));
    CHECK(before != after);
}

TEST_CASE("numbers of facts are kept as ranges")
{
    std::vector<core::FactRange> facts;
    for (const int number : {3, 4, 5, 9, 11, 12}) core::add_fact(facts, number);
    CHECK(facts == std::vector<core::FactRange>{{3, 3}, {9, 1}, {11, 2}});
}

TEST_CASE("records are read as they were written, and cut ones are not")
{
    std::string bytes;
    const core::StampRecord clean{1259, 16400, {1, 2}, true, {{3, 3}, {9, 1}}};
    const core::StampRecord other{1247, 16500, {3, 4}, false, {}};
    core::append_record(bytes, clean);
    const auto first = bytes.size();
    core::append_record(bytes, other);
    std::vector<core::StampRecord> records;
    CHECK(core::read_records(bytes, records));
    CHECK(records == std::vector<core::StampRecord>{clean, other});
    for (std::size_t length = 1; length < bytes.size(); ++length) {
        if (length == first) continue;
        std::vector<core::StampRecord> cut;
        CHECK_FALSE(core::read_records(std::string_view(bytes).substr(0, length), cut));
    }
    std::string wrong;
    core::append_record(wrong, {1259, 16400, {}, true, {{0, 1}}});
    CHECK_FALSE(core::read_records(wrong, records));
}
