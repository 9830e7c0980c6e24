#pragma once

#include <vector>

#include "ledger/subject.hpp"

// known_object belongs to one database of one cluster: pg_upgrade and CREATE
// DATABASE ... TEMPLATE copy the table with addresses that are not valid there.
namespace ledger {

// Reads every object of the database into known_object, replacing what is in it.
void read_baseline();

// Reads the baseline anew when the one present is of another cluster or
// database.  The subjects are what the current command changed: of those the
// definition from before, found by name, is kept.  Settings must be pinned.
void ensure_baseline(const std::vector<Subject> &changed);

}  // namespace ledger
