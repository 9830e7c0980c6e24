#include "core/suppression.hpp"

#include <algorithm>

#include "core/vocabulary.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

std::string quoted(std::string_view text)
{
    constexpr std::size_t longest = 100;
    return text.size() <= longest ? '"' + std::string(text) + '"' : "of " + std::to_string(text.size()) + " bytes";
}

// "%" and "%%" say no more than no pattern.
bool is_everything(const std::optional<std::string> &pattern) { return !pattern || pattern->find_first_not_of('%') == std::string::npos; }

bool ends_in_escape(std::string_view pattern)
{
    const auto last = pattern.find_last_not_of('\\');
    const auto escapes = pattern.size() - (last == std::string_view::npos ? 0 : last + 1);
    return escapes % 2 == 1;
}

}  // namespace

bool is_about(const IgnoreRule &rule, const DriftRow &row, const Like &like)
{
    if (rule.kind ? *rule.kind != row.kind : row.operation == DriftOperation::not_compared) return false;
    if (rule.attribute && *rule.attribute != row.attribute) return false;
    return !rule.object || like(std::string(object_of(row.fact)), *rule.object);
}

std::vector<std::string> suppress(const std::vector<DriftRow> &rows, const std::vector<IgnoreRule> &rules, const Like &like,
                                  std::vector<std::string> accepted)
{
    std::vector<std::string> ignored(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto rule = std::find_if(rules.begin(), rules.end(), [&](const IgnoreRule &one) { return is_about(one, rows[i], like); });
        if (rule != rules.end()) ignored[i] = "ignored by rule " + std::to_string(rule->id) + ": " + rule->reason;
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!accepted[i].empty()) continue;
        std::size_t at = i;
        while (at != no_row && ignored[at].empty()) at = rows[at].implied_by;
        if (at != no_row) accepted[i] = ignored[at];
    }
    return accepted;
}

void stand_alone(std::vector<DriftRow> &rows, const std::vector<std::string> &suppressed)
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!suppressed[i].empty()) continue;
        auto &cause = rows[i].implied_by;
        while (cause != no_row && !suppressed[cause].empty()) cause = rows[cause].implied_by;
    }
}

std::vector<std::pair<std::size_t, std::size_t>> with_consequences(const std::vector<DriftRow> &rows, const std::set<std::size_t> &named)
{
    std::vector<std::pair<std::size_t, std::size_t>> found;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        std::size_t at = i;
        while (at != no_row && !named.contains(at)) at = rows[at].implied_by;
        if (at != no_row) found.emplace_back(i, at);
    }
    return found;
}

std::string rule_defect(const IgnoreRule &rule)
{
    if (!rule.kind && !rule.attribute && is_everything(rule.object)) return "it would ignore every difference";
    if (rule.object && rule.object->empty()) return "no object has an empty name";
    if (rule.object && ends_in_escape(*rule.object)) return "the pattern ends with its escape character";
    if (rule.kind && !is_drift_kind(*rule.kind)) return "there is no kind " + quoted(*rule.kind);
    if (rule.attribute && !is_drift_attribute(rule.kind.value_or(""), *rule.attribute)) {
        return rule.kind ? "kind \"" + *rule.kind + "\" has no attribute " + quoted(*rule.attribute) : "there is no attribute " + quoted(*rule.attribute);
    }
    return {};
}

}  // namespace core
