#include "core/drift.hpp"

#include "drift/report.hpp"

#include "drift/comparison.hpp"
#include "pg/crypto.hpp"

namespace drift {
namespace {

// 64 bits: a million differences collide with a chance of one in 10^7.
constexpr std::size_t id_bytes = 8;

std::string drift_id(const std::string &name, const core::DriftRow &row)
{
    return pg::hex(pg::sha256(core::identifying_text(name, row)).data(), id_bytes);
}

int severity_rank(std::string_view severity)
{
    constexpr std::string_view by_weight[] = {"security", "breaking", "data", "performance", "cosmetic", "coverage"};
    return static_cast<int>(std::find(std::begin(by_weight), std::end(by_weight), severity) - std::begin(by_weight));
}

std::vector<std::size_t> showing_order(const Report &report)
{
    std::vector<std::size_t> order(report.rows.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&report](std::size_t left, std::size_t right) {
        const auto rank = [&report](std::size_t i) {
            return std::pair(report.rows[i].implied_by != core::no_row, severity_rank(report.severities[i]));
        };
        return rank(left) < rank(right);
    });
    return order;
}

}  // namespace

Report make_report(OwnerSession &session, const std::optional<std::string> &name)
{
    Report report{find_expected(session, name), {}, {}, {}, {}, {}};
    report.rows = compare_with_catalogs(session, report.schema);
    for (const auto &row : report.rows) {
        report.ids.push_back(drift_id(report.schema.name, row));
        report.severities.push_back(core::severity(row));
    }
    report.blames = find_blame(report.schema, report.rows);
    report.order = showing_order(report);
    return report;
}

}  // namespace drift
