#pragma once

#include "core/repair/step.hpp"

// Names of what a partition has as parts of what its parents have: which those are only the server knows.
namespace core::repair {

// A query for the partition's parts of indexes: each one's OID, its name, the command before and after that, and the name
// that it is to have.  cases: WHEN the parent's THEN the name.
std::string parts_of_indexes(const Dialect &sql, const Fact &table, const std::string &cases);
// The same of foreign keys; "c" is the constraint that it all came from.
std::string parts_of_foreign_keys(const Dialect &sql, const Fact &table, const std::string &cases);

// Gives each the name that it is to have, also where they change names with each other.
void name_parts(const Fact &table, const std::string &detail, const std::string &parts, Steps &steps);

}  // namespace core::repair
