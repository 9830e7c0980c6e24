#pragma once

#include "core/repair/mentions.hpp"
#include "core/repair/step.hpp"

namespace core::repair {

// Drops a column that is not wanted, of heirs as well but for those that are to have it as their own: it stays with these.
void drop_column_of_family(const Scene &scene, const Mentions &from, const Fact &column, Steps &steps);

}  // namespace core::repair
