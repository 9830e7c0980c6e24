#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "approval/approval.hpp"
#include "core/judgement.hpp"
#include "ledger/record.hpp"
#include "pg/call.hpp"

namespace intercept {

// See utility_state().
struct UtilityState {
    core::Address object;
    std::string contents;
};

// A ledger row to be for a command that fires no event trigger.
struct UtilityRecord {
    std::string operation;
    std::string object_type;
    std::string identity;
    core::Address address;
    std::string created_event_trigger = {};  // its name: it has an address when the command has run
    // What the command can change of an object, as it was before; null when that is not compared.
    std::optional<UtilityState> before = std::nullopt;
};

// What is known of the utility command under way, for those who record it.
struct CurrentCommand {
    std::string statement;      // own slice, secrets redacted
    std::string rule_class;     // highest class among its effects: "destructive"...; may be empty
    std::vector<std::string> rules;
    std::int64_t approval = 0;  // approval it runs under, 0 for none

    core::Judgement judgement;              // effects that need the approval
    std::optional<approval::Cover> cover;   // to be spent when the command has run
    std::vector<UtilityRecord> records;     // to be written when the command has run
    std::vector<ledger::SideEffect> side_effects;  // to be looked at when the command has run
    std::optional<std::string> explained;   // quoted name of what EXPLAIN ANALYZE creates
    bool irrevocable = false;               // what it did to files stays when its transaction fails
    LocalTransactionId transaction = pg::compat::local_transaction();  // the one it began in
    std::int64_t statement_row = 0;         // ledger row that holds a long statement whole, 0 for none yet
    NodeTag statement_kind = T_Invalid;     // of its parse tree
    int command_tag = 0;                    // as the server numbers them
    bool changes_guard = false;             // by a documented road
    bool event_start_expected = false;      // its ddl_command_start has not fired yet
};

// The innermost command the guard has seen start; null when there is none.
CurrentCommand *current_command();

// Puts a command on top of the stack and returns its number.  The entry goes
// when popped or when owner is reset, whichever comes first: an error while
// the command runs needs no handler.
std::uint64_t push_command(std::unique_ptr<CurrentCommand> command, MemoryContext owner);

// The command of that number, if it is still on the stack.
CurrentCommand *find_command(std::uint64_t number);

// Removes the command and whatever is above it; does nothing when it is gone.
void pop_command(std::uint64_t number) noexcept;

}  // namespace intercept
