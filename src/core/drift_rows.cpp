#include "core/drift_rows.hpp"

#include "core/cpp_only.hpp"

namespace core {

void keep_rows(std::vector<DriftRow> &rows, const std::vector<bool> &kept)
{
    std::vector<std::size_t> place(rows.size(), no_row);
    std::size_t next = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (kept[i]) place[i] = next++;
    }
    if (next == rows.size()) return;
    std::vector<DriftRow> left;
    left.reserve(next);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!kept[i]) continue;
        std::size_t cause = rows[i].implied_by;
        while (cause != no_row && !kept[cause]) cause = rows[cause].implied_by;
        rows[i].implied_by = cause == no_row ? no_row : place[cause];
        left.push_back(std::move(rows[i]));
    }
    rows = std::move(left);
}

}  // namespace core
