#include "core/stamp.hpp"

#include "core/bytes.hpp"
#include "core/cpp_only.hpp"

namespace core {
namespace {

bool take_record(std::string_view &bytes, StampRecord &record)
{
    std::uint32_t word = 0;
    if (!take_bytes(bytes, record.classid) || !take_bytes(bytes, record.objid) || !take_bytes(bytes, record.stamp.first) ||
        !take_bytes(bytes, record.stamp.second) || !take_bytes(bytes, word)) {
        return false;
    }
    record.clean = (word & 1) != 0;
    const std::size_t ranges = word >> 1;
    if (ranges > bytes.size() / (2 * sizeof(std::int32_t))) return false;
    record.facts.resize(ranges);
    for (auto &range : record.facts) {
        if (!take_bytes(bytes, range.first) || !take_bytes(bytes, range.count)) return false;
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
    append_bytes(out, record.classid);
    append_bytes(out, record.objid);
    append_bytes(out, record.stamp.first);
    append_bytes(out, record.stamp.second);
    append_bytes(out, static_cast<std::uint32_t>(record.facts.size() << 1 | (record.clean ? 1 : 0)));
    for (const auto &range : record.facts) {
        append_bytes(out, range.first);
        append_bytes(out, range.count);
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
