#pragma once

#include <cstdint>

namespace pg {

// Number that tells one build of this library from another: what was read by
// another one may have been read in another way.
std::uint64_t own_code();

}  // namespace pg
