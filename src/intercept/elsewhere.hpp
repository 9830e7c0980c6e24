#pragma once

#include <string_view>
#include <vector>

#include "core/fact.hpp"
#include "pg/call.hpp"

namespace intercept {

// Whose say a command on shared objects needs.
enum class Asked {
    subjects,  // databases that it is about
    others,    // databases that it matters to otherwise
};

// Has every other guarded database of those decide on the command, before it runs.  Returns the objects decided on;
// raises LG001 or LG006 when one of them does not let it pass, and when it cannot be asked.
std::vector<core::Address> pass_other_databases(Node *parsetree, std::string_view statement, bool top_level, Asked whom);

// With the guard switched off in this session: they are told, as far as they can be.
void tell_other_databases(Node *parsetree, std::string_view statement, bool top_level);

}  // namespace intercept
