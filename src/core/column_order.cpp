#include "core/column_order.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "core/cpp_only.hpp"

namespace core {
namespace {

constexpr std::string_view ordinal_attribute = "ordinal";

// Columns of one relation, as far as the differences name them.
struct Relation {
    std::vector<std::int64_t> missing;
    std::vector<std::int64_t> unexpected;
    std::vector<std::size_t> shifted;  // rows that differ in their ordinal
};

std::int64_t place_without(std::int64_t ordinal, const std::vector<std::int64_t> &others)
{
    return ordinal - std::count_if(others.begin(), others.end(), [ordinal](auto other) { return other < ordinal; });
}

std::int64_t integer(const Value &value)
{
    const auto *const number = std::get_if<std::int64_t>(&value);
    return number != nullptr ? *number : 0;
}

// Places of a longest ascending run: the columns that need not have moved.
std::set<std::size_t> ascending(const std::vector<std::int64_t> &places)
{
    std::vector<std::size_t> tails;
    std::vector<std::size_t> before(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        const auto at = std::lower_bound(tails.begin(), tails.end(), places[i],
                                         [&places](std::size_t tail, std::int64_t place) { return places[tail] < place; });
        before[i] = at == tails.begin() ? i : *(at - 1);
        if (at == tails.end()) {
            tails.push_back(i);
        } else {
            *at = i;
        }
    }
    std::set<std::size_t> kept;
    if (tails.empty()) return kept;
    std::size_t i = tails.back();
    for (std::size_t left = tails.size(); left > 0; --left) {
        kept.insert(i);
        i = before[i];
    }
    return kept;
}

}  // namespace

void keep_moved_columns(std::vector<DriftRow> &rows)
{
    std::map<std::string, Relation, std::less<>> relations;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto &row = rows[i];
        if (row.operation == DriftOperation::changed) {
            if (row.attribute == ordinal_attribute) relations[row.parent].shifted.push_back(i);
        } else if (row.ordinal > 0) {
            auto &relation = relations[row.parent];
            (row.operation == DriftOperation::missing ? relation.missing : relation.unexpected).push_back(row.ordinal);
        }
    }
    std::set<std::size_t> explained;
    for (const auto &[name, relation] : relations) {
        struct Column {
            std::int64_t expected;
            std::int64_t actual;
            std::size_t row;
        };
        std::vector<Column> columns;
        for (const auto i : relation.shifted) {
            columns.push_back({place_without(integer(rows[i].expected), relation.missing),
                               place_without(integer(rows[i].actual), relation.unexpected), i});
        }
        std::sort(columns.begin(), columns.end(), [](const Column &left, const Column &right) { return left.expected < right.expected; });
        std::vector<std::int64_t> places;
        for (const auto &column : columns) places.push_back(column.actual);
        const auto stayed = ascending(places);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            if (stayed.contains(i)) explained.insert(columns[i].row);
        }
    }
    if (explained.empty()) return;
    std::vector<DriftRow> kept;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!explained.contains(i)) kept.push_back(std::move(rows[i]));
    }
    rows = std::move(kept);
}

}  // namespace core
