#pragma once

#include <optional>

#include "core/repair/mentions.hpp"

namespace core::repair {

// The schema that is wanted, without the changes that the server refuses whatever goes before; nothing when there are
// none.  Adds a step for each that says what to do instead.
std::optional<FactMap> left_to_hand(const Scene &scene, const Mentions &from, Steps &notes);

}  // namespace core::repair
