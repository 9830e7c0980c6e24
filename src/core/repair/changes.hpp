#pragma once

#include <set>

#include "core/repair/mentions.hpp"
#include "core/repair/parent_parts.hpp"

namespace core::repair {

// What becomes of each fact that differs, and of those that must go for a while because of it.
//   dropped    is there and not wanted
//   made       is wanted and not there
//   changed    is there in another form, to be altered
//   rebuilt    must be dropped and made anew: no command changes it, or what it is made from goes
//   retyped    a type that columns have: a new one takes its place
//   causes     of what is rebuilt because of another change: what that is about
//   disowned   sequences that leave the column that owns them while that is made anew, and belong to it again
//   detached   columns whose default must go for a while, or that become or cease to be identity columns
struct Changes {
    std::set<std::string> dropped;
    std::set<std::string> made;
    std::set<std::string> changed;
    std::set<std::string> rebuilt;
    std::set<std::string> retyped;
    std::set<std::string> disowned;
    std::set<std::string> detached;
    std::map<std::string, std::string> causes;
};

Changes find_changes(const Scene &scene, const Mentions &from, const ParentParts &parts);

// Whether an index or constraint is on columns only, which the server sees to when their types change.
bool is_on_columns(const Fact &part);

// Whether the fact comes and goes with another that is in the set: a part, an index, a sequence a column owns.
bool goes_with_whole(const FactMap &facts, const Fact &fact, const std::set<std::string> &set);

}  // namespace core::repair
