#pragma once

#include "core/repair/mentions.hpp"

// Why the server refuses a change that is wanted, whatever goes before it; empty where it can be made.
namespace core::repair {

// Of another type for a column or attribute, with all that come from it.
//   rewrites   whether its rows are written anew
std::string why_type_stays(const Scene &scene, const Mentions &from, const Fact &column, bool rewrites);
// Of a new type in the place of one that no command can change.
std::string why_not_replaced(const Scene &scene, const Mentions &from, const Fact &type);
// Of dropping a relation and making it anew.
std::string why_not_rebuilt(const Scene &scene, const Mentions &from, const Fact &relation);

}  // namespace core::repair
