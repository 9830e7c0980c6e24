#pragma once

#include <string>

#include "core/fact.hpp"
#include "pg/call.hpp"

// A command is judged before it waits for its locks.  What it then does is compared
// with that: another session may have given a name to something else meanwhile, or
// made something depend on what is dropped.  In mode enforce all of these raise LG001
// when the command goes further than it was judged, which undoes it.
namespace intercept {

// Of an object that a command dropped, by name or by CASCADE; the names are as the server gives them.
void require_foreseen_drop(core::Address address, const std::string &object_type, const std::string &schema, const std::string &identity);

// Of a command that altered these: ALTER TABLE must have found the table that was judged.
void require_foreseen_target(const std::vector<core::Address> &altered);

// Of a command that ran: TRUNCATE must have emptied no other tables than those that were judged.
void require_foreseen_tables(Node *parsetree);

// Of an object made in the guard's schema that is none of the guard's: raises LG003 in every mode.
[[noreturn]] void refuse_guest(core::Address address, const std::string &tag);

}  // namespace intercept
