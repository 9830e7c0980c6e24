#pragma once

#include <set>
#include <string>

#include "core/fact.hpp"

// What rows are told apart by, and foreign keys refer to.
namespace core::repair {

// A unique index, or a constraint that an index keeps.
bool is_key(const Fact &fact);
// Columns of an index or key, in order; expressions as they are written.
List columns_of_key(const Fact &key);
// Whether the key has the columns that the foreign key refers to, in whatever order, or may have.
bool can_refer(const Fact &foreign_key, const Fact &key);
// Whether the query, of a view, rule or function, may stand on the constraint: by a GROUP BY of its columns, or by its name.
bool may_stand_on(const Fact &query, const Fact &key);
// Queries that stand on a key of a table that they read.
bool may_need_key(const Fact &fact);

}  // namespace core::repair
