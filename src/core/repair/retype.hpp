#pragma once

#include "core/repair/changes.hpp"

namespace core::repair {

// Puts a new type in the place of one that no command can change: the old one is put aside, columns
// are converted through text, and the old one is dropped.
void retype(const Scene &scene, const Fact &from, const Fact &to, const Mentions &mentions, const Changes &changes, Steps &steps);

}  // namespace core::repair
