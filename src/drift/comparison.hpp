#pragma once

#include "core/drift_scope.hpp"
#include "core/renames.hpp"

#include "catalog/stamps.hpp"
#include "drift/expected_schema.hpp"

namespace drift {

// Differences of the catalogs from an expected schema in what is in the scope, under the names of today,
// those of objects that no fact is about included; no more than "most", for those who only ask whether there are any.  Reads only what
// changed since the last comparison, and what may say something of that, where this is known.
std::vector<core::DriftRow> compare_with_catalogs(OwnerSession &session, const ExpectedSchema &schema, const core::Renames &renames,
                                                  const core::DriftScope &scope, std::size_t most = core::no_row);

// To be called between the pass over the stamps and the reading of the objects: another transaction
// can be over for a new snapshot before it tells the caches, and what is read must not be older than
// the stamps.
void forget_cached_rows();

// Notes, for the comparisons to come, what the facts of a schema were read from that was registered
// from the catalogs.  groups: of each fact, in the order of their numbers, as LiveFacts knows them.
void keep_registered(OwnerSession &session, const std::string &name, const catalog::Stamps &stamps,
                     const std::vector<std::uint32_t> &groups, const std::vector<core::Address> &unsettled);

}  // namespace drift
