#include "core/stamp.hpp"

#include <cstring>

#include "core/cpp_only.hpp"

namespace core {
namespace {

template <typename Number>
void append(std::string &out, Number number)
{
    char bytes[sizeof(Number)];
    std::memcpy(bytes, &number, sizeof(Number));
    out.append(bytes, sizeof(Number));
}

template <typename Number>
bool take(std::string_view &bytes, Number &number)
{
    if (bytes.size() < sizeof(Number)) return false;
    std::memcpy(&number, bytes.data(), sizeof(Number));
    bytes.remove_prefix(sizeof(Number));
    return true;
}

bool take_record(std::string_view &bytes, StampRecord &record)
{
    std::uint32_t word = 0;
    if (!take(bytes, record.classid) || !take(bytes, record.objid) || !take(bytes, record.stamp.first) ||
        !take(bytes, record.stamp.second) || !take(bytes, word)) {
        return false;
    }
    record.clean = (word & 1) != 0;
    const std::size_t ranges = word >> 1;
    if (ranges > bytes.size() / (2 * sizeof(std::int32_t))) return false;
    record.facts.resize(ranges);
    for (auto &range : record.facts) {
        if (!take(bytes, range.first) || !take(bytes, range.count)) return false;
        if (range.first < 1 || range.count < 1) return false;
    }
    return true;
}

}  // namespace

void add_fact(std::vector<FactRange> &facts, std::int32_t number)
{
    if (!facts.empty() && facts.back().first + facts.back().count == number) {
        ++facts.back().count;
    } else {
        facts.push_back({number, 1});
    }
}

void append_record(std::string &out, const StampRecord &record)
{
    append(out, record.classid);
    append(out, record.objid);
    append(out, record.stamp.first);
    append(out, record.stamp.second);
    append(out, static_cast<std::uint32_t>(record.facts.size() << 1 | (record.clean ? 1 : 0)));
    for (const auto &range : record.facts) {
        append(out, range.first);
        append(out, range.count);
    }
}

bool read_records(std::string_view bytes, std::vector<StampRecord> &records)
{
    while (!bytes.empty()) {
        StampRecord record;
        if (!take_record(bytes, record)) return false;
        records.push_back(std::move(record));
    }
    return true;
}

}  // namespace core
