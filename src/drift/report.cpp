#include "core/drift.hpp"
#include "core/drift_rows.hpp"
#include "core/suppression.hpp"

#include "drift/report.hpp"

#include "drift/comparison.hpp"
#include "drift/exceptions.hpp"
#include "drift/renames.hpp"
#include "pg/crypto.hpp"

namespace drift {
namespace {

// 64 bits: a million differences collide with a chance of one in 10^7.
constexpr std::size_t id_bytes = 8;

int severity_rank(std::string_view severity)
{
    constexpr std::string_view by_weight[] = {"security", "breaking", "data", "performance", "cosmetic", "coverage"};
    return static_cast<int>(std::find(std::begin(by_weight), std::end(by_weight), severity) - std::begin(by_weight));
}

// Marks what was ignored or accepted, or takes it out.
void set_suppressed(OwnerSession &session, Report &report, Suppressed suppressed)
{
    report.suppressed_by = find_suppressed(session, report.schema.name, report.rows, report.ids);
    core::stand_alone(report.rows, report.suppressed_by);
    if (suppressed == Suppressed::included) return;
    std::vector<bool> kept;
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < report.rows.size(); ++i) {
        kept.push_back(report.suppressed_by[i].empty());
        if (kept.back()) ids.push_back(std::move(report.ids[i]));
    }
    core::keep_rows(report.rows, kept);
    report.ids = std::move(ids);
    report.suppressed_by.assign(report.rows.size(), {});
}

}  // namespace

std::string drift_id(const std::string &name, const core::DriftRow &row)
{
    return pg::hex(pg::sha256(core::identifying_text(name, row)).data(), id_bytes);
}

std::string version_remark(const core::DriftRow &row, std::int64_t expected_version, std::int64_t actual_version)
{
    constexpr int major = 10000;
    if (expected_version / major == actual_version / major || row.operation != core::DriftOperation::changed || !core::is_deparsed(row.attribute)) return {};
    return "  PostgreSQL " + std::to_string(expected_version / major) + " and " + std::to_string(actual_version / major) +
           " may print the same expression differently.";
}

pg::Parameter value_text(const core::Value &value)
{
    if (std::holds_alternative<std::monostate>(value)) return {};
    return pg::param(std::string_view(core::plain_text(value)));
}

std::vector<std::size_t> showing_order(const std::vector<core::DriftRow> &rows, const std::vector<std::string_view> &severities)
{
    std::vector<std::size_t> order(rows.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
        const auto rank = [&](std::size_t i) { return std::pair(rows[i].implied_by != core::no_row, severity_rank(severities[i])); };
        return rank(left) < rank(right);
    });
    return order;
}

Report make_report(OwnerSession &session, const std::optional<std::string> &name, Suppressed suppressed)
{
    Report report{find_expected(session, name), {}, {}, {}, {}, {}, {}, {}};
    const auto renames = find_renames(session, report.schema);
    const auto scope = find_scope(session, report.schema.name);
    report.rows = compare_with_catalogs(session, report.schema, renames, scope);
    report.left_out = leave_out(session, report.schema.name, scope, report.rows);
    for (const auto &row : report.rows) report.ids.push_back(drift_id(report.schema.name, row));
    set_suppressed(session, report, suppressed);
    for (const auto &row : report.rows) report.severities.push_back(core::severity(row));
    report.blames = find_blame(report.schema, report.rows, renames);
    report.order = showing_order(report.rows, report.severities);
    return report;
}

}  // namespace drift
