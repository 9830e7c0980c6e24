#pragma once

#include <optional>

#include "core/fact.hpp"
#include "pg/call.hpp"

namespace intercept {

// The relation a RangeVar names, without a lock; InvalidOid when there is none.
// Another session's lock on the table must not make a refusal wait.
Oid resolve_relation(const RangeVar *name);

// The object a DROP names, without a lock; nothing when it does not exist.
// Raises what the server would raise for a malformed or ambiguous name.
std::optional<core::Address> resolve_object(ObjectType type, Node *name);

// A column of the relation by name; InvalidAttrNumber when there is none.
AttrNumber resolve_column(Oid relation, const char *column);

}  // namespace intercept
