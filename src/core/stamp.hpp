#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace core {

// Stands for a set of catalog rows by where they lie and which transactions
// wrote them: the sum of the stamps of its rows, in any order.
struct Stamp {
    std::uint64_t first = 0;
    std::uint64_t second = 0;

    void add(Stamp other)
    {
        first += other.first;
        second += other.second;
    }
    bool operator==(const Stamp &) const = default;
};

inline std::uint64_t scatter(std::uint64_t x)
{
    x += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
}

// Of one row: its catalog, its place there, and its writer.
inline Stamp row_stamp(std::uint32_t catalog, std::uint64_t place, std::uint32_t writer)
{
    const std::uint64_t who = (std::uint64_t{catalog} << 32) | writer;
    return {scatter(scatter(who) + place), scatter(scatter(place ^ 0xd1b54a32d192ed03) + who)};
}

// Numbers of facts in an expected schema, one after the other.
struct FactRange {
    std::int32_t first = 0;
    std::int32_t count = 0;

    bool operator==(const FactRange &) const = default;
};

// What was found when the catalog rows of a group of objects were last read:
// the group by its first object, whether all of its facts were those of the
// expected schema, and, if so, which.
struct StampRecord {
    std::uint32_t classid = 0;
    std::uint32_t objid = 0;
    Stamp stamp;
    bool clean = false;
    std::vector<FactRange> facts;

    bool operator==(const StampRecord &) const = default;
};

// Adds a number; those of a group come in ascending order.
void add_fact(std::vector<FactRange> &facts, std::int32_t number);

// Bytes of a record, for this server only; read_records says whether the bytes were records to the end.
void append_record(std::string &out, const StampRecord &record);
bool read_records(std::string_view bytes, std::vector<StampRecord> &records);

}  // namespace core
