#pragma once

#include "ledger/record.hpp"

namespace ledger {

// Tells listeners of channel langchef_guard of a ledger row, when and if the
// transaction commits; not when it is prepared for two-phase commit.
void notify_change(std::int64_t ledger_id, const Change &change);

// Has the server tell of the ends of transactions; called once, by _PG_init.
void announce_at_commit();

}  // namespace ledger
