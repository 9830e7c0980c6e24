#pragma once

#include "pg/call.hpp"

// Scratch databases.  A database is one when its name, the comment on it, and that nobody may connect to it all say so; its
// keeper holds a lock on it for as long as it is needed.  For processes that have a database of their own
// and are in no transaction.
namespace scratch {

// With text of the same encoding and locale as the database of this process has, owned by the role.  The OID is
// in made as soon as the database can be there, also when this raises.
void create_database(Oid owner, Oid *made);
// Does nothing when there is none.  What it cannot drop it leaves to the next sweep, and tells the log.
void drop_database(Oid database);

// Drops those that no keeper holds: what a crash left.
void sweep();
// From a process that needs no database: starts one that sweeps when there is a reason to.
void start_sweeping();

}  // namespace scratch
