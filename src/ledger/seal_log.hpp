#pragma once

#include <cstdint>
#include <string>

namespace ledger {

// The line of a seal in the server's log, against which the table can be held.
// It is written before the seal commits, so that no seal is without one; when
// the (sub)transaction ends otherwise, another line takes it back.
void log_seal(std::int64_t id, std::int64_t rows, const std::string &chain);

void log_pruning(std::int64_t last_seal, std::int64_t rows);

}  // namespace ledger
