#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace core {

enum class Class { destructive, rewrite, scan, lock, incompatible, process, advice };
enum class Action { allow, record, warn, approve, deny };

std::string_view name_of(Class rule_class);
std::string_view name_of(Action action);
std::optional<Action> action_named(std::string_view name);

// One entry of the rule catalogue.
struct Rule {
    std::string_view id;    // "D03"
    std::string_view name;  // "drop-column"
    Class rule_class;
    Action action;          // where no policy says otherwise
    std::string_view description;
};

// Every rule the guard judges by, in order of id.
std::span<const Rule> rules();

// Null when there is no such rule.
const Rule *find_rule(std::string_view id);

}  // namespace core
