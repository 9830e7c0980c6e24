#pragma once

#include "core/repair/changes.hpp"

// Tables whose parent is dropped and made anew: they would go with it, and their rows.
namespace core::repair {

// Those that stay, as they are before.
std::vector<const Fact *> children_of(const Scene &scene, const Changes &changes);
// The child without the parents that go.
Fact without_parents(const Fact &child, const Changes &changes);
void leave_parents(const Scene &scene, const Fact &child, const Changes &changes, Steps &steps);

// What becomes of the rows of a table that is dropped and made anew.
void note_rows(const Fact &table, Step &step);

}  // namespace core::repair
