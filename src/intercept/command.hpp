#pragma once

#include <cstdint>
#include <string>

#include "core/judgement.hpp"

namespace intercept {

// What is known of the utility command under way, for those who record it.
struct CurrentCommand {
    std::string statement;     // own slice, secrets redacted
    std::string rule_class;    // highest class among its effects: "destructive"...; may be empty
    std::vector<std::string> rules;
    std::int64_t approval = 0; // approval it runs under, 0 for none
};

// The innermost command the guard has seen start; null when there is none.
const CurrentCommand *current_command();

}  // namespace intercept
