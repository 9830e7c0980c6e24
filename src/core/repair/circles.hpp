#pragma once

#include <cstddef>
#include <vector>

namespace core::repair {

// A number for each node, the same for those that lead to each other: strongly connected components.
//   edges   the nodes that each one leads to
std::vector<std::size_t> circles_of(const std::vector<std::vector<std::size_t>> &edges);

}  // namespace core::repair
