#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/judgement.hpp"

namespace approval {

// An approval that covers a command, not yet spent.
struct Cover {
    std::int64_t approval;
    int command;  // 1-based place of the command in the approval's uses
};

struct Search {
    std::optional<Cover> cover;
    // When a token was presented but none covers: why, for DETAIL ("Token has expired.").
    std::string objection;
    int invalid_tokens = 0;  // presented, and none of this guard
    bool outgrown = false;   // a token would cover it, had the rows not become so many: a new decision
};

// Looks among the tokens the session presents for one that covers the
// command.  Reads only; takes no transaction id.
Search find_cover(const core::Judgement &judgement);

// Spends one use in the current transaction: a rollback gives it back, a
// concurrent use makes this wait and then raise LG002.  Also remembers the
// command, so that a later refusal in the same transaction proposes both.
void spend(const Cover &cover, const core::Judgement &judgement);

// The same in a transaction of its own, for commands that cannot run in one.
void spend_outside(const Cover &cover, const core::Judgement &judgement);

// A refused attempt on record.
struct Filing {
    std::int64_t proposal = 0;  // 0 when it could not be filed
    std::string status;         // "pending", or "approved" when a usable approval exists already
    std::string failure;        // why it could not be filed
};

// Files the refusal (with the commands this transaction already ran under
// approvals) in a background worker's transaction; waits at most
// langchef_guard.proposal_timeout.  Writes a server-log line, but for equal
// refusals in quick succession: one of a second tells how many there were.
// Never raises but for a cancel request.  Tokens presented that are none are
// counted with the attempt.
Filing file_refusal(const core::Judgement &judgement, const Search &search);

// The same of what no approval can allow: filed with status "denied", for the record.
Filing file_denial(const core::Judgement &judgement);

}  // namespace approval
