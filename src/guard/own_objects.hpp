#pragma once

#include "core/fact.hpp"
#include "pg/call.hpp"

// What is the guard's own: the extension, its schema with all that is in it, its event triggers.
namespace guard {

// Whether the object, or the object that it is a part of, is the guard's own.  False where the extension is
// not installed.  Of objects, not of rows in them.
bool is_own(core::Address address);

// The same of a schema, and of a relation (an index included).
bool is_own_schema(Oid schema);
bool is_own_relation(Oid relation);

// Why the event triggers would not record a command, as a sentence; null when they would.  Cheap after the first call.
const char *recorder_defect();

// Has the server tell when that changes; called once, when the library is loaded.
void watch_own_objects();

}  // namespace guard
