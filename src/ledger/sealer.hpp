#pragma once

namespace ledger {

// Has the server seal every guarded database by itself, at langchef_guard.seal_interval.
// Called once by _PG_init, and does nothing unless the library is preloaded by the server.
void register_sealer();

// Name of the process in pg_stat_activity.
constexpr const char *sealer_name = "langchef_guard sealer";

}  // namespace ledger
