#pragma once

#include "pg/call.hpp"

// What the server recorded of a single object in pg_depend; as its own functions tell it, and by way of what was read
// ahead.  Inside pg::call.
namespace catalog {

// The constraint that an index is behind, or InvalidOid.
Oid constraint_of_index(Oid index);
// The extension that an object is a member of, or InvalidOid.
Oid extension_of(Oid catalog, Oid object);
// The type that the server made the object for, or InvalidOid.
Oid made_for(Oid catalog, Oid object);

// The column that a sequence goes with; table is InvalidOid without one.
struct OwningColumn {
    Oid table;
    int32 column;
};
// internal: as that of an identity column, else as that of OWNED BY.
OwningColumn column_of_sequence(Oid sequence, bool internal);

}  // namespace catalog
