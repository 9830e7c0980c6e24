#include "intercept/mode_record.hpp"

#include "core/redact.hpp"
#include "guard/installation.hpp"
#include "intercept/command.hpp"
#include "intercept/watch.hpp"
#include "ledger/record.hpp"
#include "mode_change.hpp"

namespace intercept {
namespace {

// Whether a row can be written now.  Before SET TRANSACTION no snapshot may be taken, so
// that BEGIN and what may stand between the two are no occasion.
bool can_record()
{
    return watching() && !creating_extension && IsTransactionState() && !IsAbortedTransactionBlockState() && !IsInParallelMode() &&
           guard::installation().has_value();
}

}  // namespace

void record_mode(std::string_view statement, const std::string &tag)
{
    const auto change = settings::unrecorded_mode_change();
    if (!change.has_value() || !can_record()) return;
    const WritableScope writable;
    auto command = std::make_unique<CurrentCommand>();
    command->statement = core::redact(statement);
    const std::uint64_t number = push_command(std::move(command), CurTransactionContext);
    ledger::record_mode_change(settings::name_of(change->before), settings::name_of(change->after), tag);
    pop_command(number);
    settings::mode_change_recorded();
}

}  // namespace intercept
