#pragma once

#include "core/fact.hpp"

namespace ledger {

// Whether the current transaction wrote or removed a catalog row that the fact
// at the address is read from: its own row, its comment, what it depends on,
// and the rows of other catalogs that say something about it.  Tells a change
// of the command under way from one that was there when it came.
bool changed_in_this_transaction(core::Address address);

}  // namespace ledger
