#pragma once

#include "catalog/stamp_pass.hpp"

namespace catalog {

// Stamps of roles, tablespaces and this database's subscriptions, by OID; of what all databases share only the name shows.
// To common goes what may show in any object.  Inside the pass.
std::vector<SharedObject> read_shared(Snapshot snapshot, core::Stamp &common);

}  // namespace catalog
