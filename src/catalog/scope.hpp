#pragma once

#include "catalog/scan.hpp"

// Which objects are the user's, inside pg::call only.
namespace catalog {

// Whether objects in the schema are described: not the system's, not
// temporary, not the guard's own.
bool is_user_schema(Oid schema);

// Whether a relation or type is an object of its own, not a part of another:
// no TOAST, no array, no row type, no index behind a constraint or attached to
// its parent's, no sequence behind an identity column.
bool is_whole_relation(const FormData_pg_class *form);
bool is_whole_type(const FormData_pg_type *form);
// No constructor of a range type.
bool is_whole_function(const FormData_pg_proc *form);

// Whether locks on other relations are taken to read it: for a view's query, a rule or a policy.
bool is_read_through_locks(const FormData_pg_class *form);

// Whether the object exists and is described as one of its own.
bool is_recorded(const ObjectAddress &address);

// The object that the address is a part of, or the address without its part.
ObjectAddress container(const ObjectAddress &address);

}  // namespace catalog
