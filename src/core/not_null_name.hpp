#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/fact.hpp"

namespace core {

// The name that the server gives a column's NOT NULL when a command gives none, from the names of the table and of the
// column.  Empty on servers before version 18, where a NOT NULL has no name.
using UsualNotNullName = std::function<std::string(const std::string &table, const std::string &column)>;

// The name of the column's own NOT NULL.  Facts leave the usual one out, yet it is the usual one of the names that the
// table and the column had when it was made: a rename must keep it.  Nothing for what is no column, for a column without
// NOT NULL, and for an inherited one, whose name is its parent's matter.
std::optional<std::string> not_null_name(const Fact &column, const UsualNotNullName &usual);
// Gives the fact of a column, which has its present names, the name that its NOT NULL had before.
void keep_not_null_name(Fact &column, const std::string &name, const UsualNotNullName &usual);

}  // namespace core
