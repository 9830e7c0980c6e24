#pragma once

namespace intercept {

// A TRUNCATE that logical replication applies calls no hook.  It shows before its transaction commits: the table has
// another file.  It is recorded under rule D28, and stops only where policy asks for that.  Called once, by _PG_init,
// when the library is loaded for the whole server: in other modes workers do not load it.
void watch_replicated_truncates();

}  // namespace intercept
