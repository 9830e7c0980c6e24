#pragma once

#include <unordered_set>

#include "core/repair/mentions.hpp"

// Columns that come from others, and change with them: of heirs, partitions and typed tables.
namespace core::repair {

// The columns that it is inherited from, and the attribute of a typed table's type.
std::vector<const Fact *> parents_of(const FactMap &facts, const Fact &column);
// Those at the top, which a command can be about: the column itself where it comes from no other.
std::vector<const Fact *> sources_of(const FactMap &facts, const Fact &column);
// The same, without what was seen before.
std::vector<const Fact *> sources_of(const FactMap &facts, const Fact &column, std::unordered_set<const Fact *> &seen);
// Those that come from it and from no other in between.
std::vector<const Fact *> children_of(const FactMap &facts, const Mentions &mentions, const Fact &column);
// The column, and all that come from it.
std::vector<const Fact *> heirs_of(const FactMap &facts, const Mentions &mentions, const Fact &column);

}  // namespace core::repair
