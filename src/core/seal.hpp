#pragma once

#include <cstdint>
#include <string>

namespace core {

// A seal as its chain hash sees it; hashes are in hexadecimal.
struct Seal {
    std::int64_t id = 0;
    std::int64_t format = 0;
    std::string sealed_at;  // as the server prints it under pinned settings
    std::string sealed_by;
    std::int64_t system_identifier = 0;
    std::string snapshot;   // pg_snapshot
    std::string adopted;    // bigint[]
    std::int64_t rows = 0;
    std::int64_t first = 0;  // ledger ids, 0 for none
    std::int64_t last = 0;
    std::string digest;
};

// The text that the chain hash is taken over; previous is the chain hash of
// the seal before, empty for the first.  No two different seals have the same.
std::string chain_text(const Seal &seal, const std::string &previous);

// The snapshot with a transaction counted among those under way.  Of its rows
// some may still be written: they belong to the next seal.
std::string without_transaction(const std::string &snapshot, std::uint64_t xid);

}  // namespace core
