#pragma once

#include "pg/call.hpp"

namespace ledger {

// An active snapshot that sees what the command just did, and what others have committed
// meanwhile whatever the isolation level: the server leaves none after some commands
// (CREATE INDEX CONCURRENTLY), and detoasting needs one.
class SnapshotScope {
  public:
    SnapshotScope() : exceptions_at_start_(std::uncaught_exceptions())
    {
        pg::call([] { PushActiveSnapshot(GetLatestSnapshot()); });
    }
    ~SnapshotScope()
    {
        // After an error the abort of the (sub)transaction pops it.
        if (std::uncaught_exceptions() == exceptions_at_start_) PopActiveSnapshot();
    }
    SnapshotScope(const SnapshotScope &) = delete;
    SnapshotScope &operator=(const SnapshotScope &) = delete;

  private:
    int exceptions_at_start_;
};

}  // namespace ledger
