#pragma once

#include "catalog/page_scribe.hpp"
#include "catalog/stamp_pass.hpp"

// Rows of catalogs that all databases share, as far as they are looked at for one.
namespace catalog {

// Stamps of roles and tablespaces, by OID, of which only the name shows.  To common goes what may show in any object.
std::vector<SharedObject> read_shared(Snapshot snapshot, core::Stamp &common);

// Subscriptions of this database are its objects, with rows of its own catalogs about them; inside pg::call only.
bool has_subscriptions(Snapshot snapshot);
void read_subscriptions(Snapshot snapshot, PageScribe *scribe);

}  // namespace catalog
