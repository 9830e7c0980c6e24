#pragma once

#include <string>

#include "core/judgement.hpp"
#include "pg/spi.hpp"

namespace approval {

// The schema an object is in; InvalidOid for what is in none.
Oid schema_of(const core::Address &address);

// Whether every effect lies within the rules and objects of a scoped
// approval: empty when so, else why not, as a full sentence.
std::string outside_scope(pg::SpiSession &spi, std::int64_t approval, const core::Judgement &judgement);

// The objects of a scope as kept, JSON array of {classid, objid, identity}:
// resolves qualified relation and type names, function signatures and
// "schema.*".  Raises for what does not exist or is no such name.
std::string resolve_scope(const std::vector<std::string> &names);

}  // namespace approval
