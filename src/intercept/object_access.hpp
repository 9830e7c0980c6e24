#pragma once

#include "core/fact.hpp"
#include "pg/call.hpp"

// What reaches objects by another road than a utility command that was judged: functions like lo_unlink, code of
// extensions.  Commands are left to watch.hpp, but for what they do to the guard's own objects.
namespace intercept {

// Of an object, or a column of it, that is about to be dropped, by nobody's housekeeping.
void before_drop(core::Address address);

// Of a table that is about to be emptied.
void before_truncate(Oid relation);

// Of an object that has been altered (or, of a function, created or replaced).
void after_alter(core::Address address);

}  // namespace intercept
