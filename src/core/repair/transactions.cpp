#include "core/repair/transactions.hpp"

#include <algorithm>

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

void number_transactions(std::vector<PlannedStep> &planned)
{
    int number = 0;
    bool open = false;
    for (auto &one : planned) {
        if (one.step.command.empty()) {
            one.transaction = std::max(number, 1);
            continue;
        }
        if (one.step.setting != Setting::in_transaction || !open) ++number;
        open = one.step.setting == Setting::in_transaction;
        one.transaction = number;
    }
}

// A body may name what is made after its function.
std::vector<PlannedStep> with_unchecked_bodies(std::vector<PlannedStep> &&planned)
{
    std::vector<PlannedStep> out;
    int unchecked = 0;
    for (auto &one : planned) {
        const auto &command = one.step.command;
        const auto rest = command.starts_with("CREATE OR REPLACE ") ? std::string_view(command).substr(18) : std::string_view(command).substr(std::min<std::size_t>(7, command.size()));
        const bool routine = command.starts_with("CREATE ") && (rest.starts_with("FUNCTION ") || rest.starts_with("PROCEDURE "));
        if (routine && one.transaction != unchecked) {
            unchecked = one.transaction;
            PlannedStep setting;
            setting.step.command = "SET LOCAL check_function_bodies = off";
            setting.step.fact = one.step.fact;
            setting.transaction = one.transaction;
            out.push_back(std::move(setting));
        }
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace

std::vector<PlannedStep> in_transactions(std::vector<PlannedStep> planned)
{
    number_transactions(planned);
    return with_unchecked_bodies(std::move(planned));
}

}  // namespace core::repair
