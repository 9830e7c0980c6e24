#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace core::repair {

// Whether the values of an attribute are texts of the server's, in which names of objects stand with their schemas, and
// not texts of a user's.
bool has_names(std::string_view attribute);

// The text with names replaced: change gets the parts of each dotted name, and tells whether it changed them.  Constants
// are left alone but for those that name an object, 'app.t'::regclass.
std::string with_names(std::string_view text, const std::function<bool(std::vector<std::string> &)> &change);

}  // namespace core::repair
