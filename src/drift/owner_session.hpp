#pragma once

#include "guard/installation.hpp"
#include "ledger/snapshot_scope.hpp"
#include "pg/spi.hpp"

namespace drift {

// SPI as the owner of the extension, whoever calls.  Its queries read what was
// there when it began, changes by the same statement included.  Raises where
// the extension is not installed.
class OwnerSession {
  public:
    OwnerSession() : as_owner_(owner()) {}

    pg::SpiSession &operator*() { return spi_; }
    pg::SpiSession *operator->() { return &spi_; }

  private:
    static Oid owner()
    {
        pg::call([] { CommandCounterIncrement(); });
        return guard::installed().owner;
    }

    pg::UserScope as_owner_;
    ledger::SnapshotScope snapshot_;
    pg::SpiSession spi_;
};

}  // namespace drift
