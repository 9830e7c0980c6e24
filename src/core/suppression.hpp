#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/drift.hpp"

namespace core {

// What somebody wants not to be counted as drift.  What is not set matches everything.
struct IgnoreRule {
    std::int64_t id = 0;
    std::optional<std::string> kind;
    std::optional<std::string> attribute;
    std::optional<std::string> object;  // pattern of LIKE
    std::string reason;
};

// Whether a text is like a pattern, as the server's LIKE has it: characters are the server's matter.
using Like = std::function<bool(const std::string &text, const std::string &pattern)>;

// Whether the rule is about the difference.  What could not be compared needs a
// rule that says its kind: nothing is silent by a pattern that is too wide.
bool is_about(const IgnoreRule &rule, const DriftRow &row, const Like &like);

// Why each row does not count, empty for those that do.  accepted: by row, empty where nobody did.
// What an ignored difference implies is ignored with it; of an accepted one each consequence
// was accepted for itself.
std::vector<std::string> suppress(const std::vector<DriftRow> &rows, const std::vector<IgnoreRule> &rules, const Like &like,
                                  std::vector<std::string> accepted);

// Rows that count, although what implies them does not, stand for themselves.
void stand_alone(std::vector<DriftRow> &rows, const std::vector<std::string> &suppressed);

// The rows named and all that they imply, each with the named one it follows from.
std::vector<std::pair<std::size_t, std::size_t>> with_consequences(const std::vector<DriftRow> &rows, const std::set<std::size_t> &named);

// Why a rule would be about too much or about nothing; empty when it can stand.
std::string rule_defect(const IgnoreRule &rule);

}  // namespace core
