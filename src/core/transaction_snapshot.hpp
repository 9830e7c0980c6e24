#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace core {

// The server's type pg_snapshot, read from its text "xmin:xmax:xid,xid...".
class TransactionSnapshot {
  public:
    // A text that is none gives a snapshot that sees nothing.
    explicit TransactionSnapshot(std::string_view text);

    // Whether the transaction was over when the snapshot was taken.
    bool sees(std::uint64_t xid) const;

  private:
    std::uint64_t end_ = 0;                // the first that had not begun
    std::vector<std::uint64_t> running_;  // sorted
};

}  // namespace core
