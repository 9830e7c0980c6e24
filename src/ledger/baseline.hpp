#pragma once

#include <vector>

#include "ledger/subject.hpp"

// known_object belongs to one database of one cluster: pg_upgrade copies the table with
// addresses of which not all are valid there.  CREATE DATABASE ... TEMPLATE keeps them all.
namespace ledger {

// Reads every object of the database into known_object, replacing what is in it.
void read_baseline();

// Reads the baseline anew when the one present is of another cluster.  The subjects are
// what the current command changed: of those, and of all else that the transaction wrote,
// the definition from before is kept, where it can be found.  Settings must be pinned.
void ensure_baseline(const std::vector<Subject> &changed);

}  // namespace ledger
