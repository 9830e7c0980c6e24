#pragma once

#include "pg/prelude.hpp"

namespace guard {

// OID of a table, index or sequence of the guard; raises when it is missing.
Oid own_relation(const char *name);

// The same of a table or sequence, locked in that mode to the end of the
// transaction.  Another session that has locked it holds a command up for
// langchef_guard.proposal_timeout at most: then this raises 55P03, and what
// cannot be judged or recorded is not done.
Oid hold_table(const char *name, LOCKMODE mode);

}  // namespace guard
