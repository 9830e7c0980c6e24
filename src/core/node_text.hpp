#pragma once

#include <string>
#include <string_view>

namespace core {

// The text of a tree of the server's without the places of its nodes in the
// statement, which say nothing of what it means.
std::string without_locations(std::string_view tree);

}  // namespace core
