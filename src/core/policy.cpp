#include "core/policy.hpp"

#include <algorithm>

#include "core/cpp_only.hpp"

namespace core {
namespace {

bool matches(const PolicyRow &row, const PolicyQuestion &question)
{
    const auto equal = [](const std::optional<std::string> &wanted, std::string_view actual) {
        return !wanted.has_value() || *wanted == actual;
    };
    if (!equal(row.rule, question.rule->id) && !equal(row.rule, question.rule->name)) return false;
    if (!equal(row.rule_class, name_of(question.rule->rule_class))) return false;
    if (!equal(row.schema, question.schema) || !equal(row.object, question.object)) return false;
    if (row.role.has_value() && std::find(question.roles.begin(), question.roles.end(), *row.role) == question.roles.end()) {
        return false;
    }
    return !row.min_rows.has_value() || question.rows < 0 || question.rows >= *row.min_rows;
}

int specificity(const PolicyRow &row)
{
    return (row.object.has_value() ? 32 : 0) + (row.schema.has_value() ? 16 : 0) + (row.rule.has_value() ? 8 : 0) +
           (row.role.has_value() ? 4 : 0) + (row.rule_class.has_value() ? 2 : 0) + (row.min_rows.has_value() ? 1 : 0);
}

}  // namespace

Action decide(const std::vector<PolicyRow> &policy, const PolicyQuestion &question)
{
    const PolicyRow *best = nullptr;
    for (const PolicyRow &row : policy) {
        if (!matches(row, question)) continue;
        if (best == nullptr || specificity(row) > specificity(*best) ||
            (specificity(row) == specificity(*best) && row.id > best->id)) {
            best = &row;
        }
    }
    return best != nullptr ? best->action : question.rule->action;
}

}  // namespace core
