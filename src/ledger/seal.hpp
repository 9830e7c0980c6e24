#pragma once

#include <cstdint>

namespace pg {
class SpiSession;
}

namespace ledger {

// Seals the rows committed since the last seal, as the extension's owner, in
// the current READ COMMITTED transaction; the number of the seal, 0 when there were none.
std::int64_t seal_ledger();

// Sealing and pruning wait for each other, and for nothing else.
void lock_seals(pg::SpiSession &spi);

// What is about the state after the lock needs a transaction whose snapshots are new.
void require_read_committed(const char *function);

}  // namespace ledger
