#pragma once

#include "core/repair/changes.hpp"

// Tables that leave a parent before anything is made: it is dropped and made anew, and they would go with it, and their
// rows; or they are to be partitions of another, or with other bounds, and what takes their place would overlap with them.
namespace core::repair {

// Whether the table is no partition any more, or another one.
bool moves(const Fact &from, const Fact &to);
// Those that stay, as they are before.
std::vector<const Fact *> children_of(const Scene &scene, const Changes &changes);
// The child without the parents that it leaves.
Fact without_parents(const Scene &scene, const Fact &child, const Changes &changes);
void leave_parents(const Scene &scene, const Fact &child, const Changes &changes, Steps &steps);

// Partitions that are dropped and must leave their parent before: it gets another, or foreign keys refer to it.
//   first  what is dropped before anything is made
std::vector<const Fact *> partitions_in_the_way(const Scene &scene, const Changes &changes, const std::set<std::string> &first);
void detach(const Scene &scene, const Fact &partition, Steps &steps);

// Partitions of which a trigger goes and comes again with the parent's, and with it the state that it has there.
std::vector<const Fact *> partitions_to_set_again(const Scene &scene, const Changes &changes);
// The trigger that a line of inherited_triggers comes from; null where the table has none.
const Fact *inherited_trigger(const FactMap &facts, const Fact &table, std::string_view line);

// What becomes of the rows of a table that is dropped and made anew.
void note_rows(const Fact &table, Step &step);

}  // namespace core::repair
