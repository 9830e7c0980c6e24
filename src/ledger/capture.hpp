#pragma once

#include <vector>

#include "ledger/record.hpp"
#include "ledger/subject.hpp"

// From an object that may have changed to its row in the ledger.  Settings
// must be pinned.
namespace ledger {

// How the object came to be looked at.
enum class Cause {
    named,       // the command acts on it
    unreadable,  // the same, and the effect may lie outside of what definitions hold
    indirect,    // it depends on what the command acts on
    absorbed,    // it ceased to be an object of its own: its parent's, its constraint or an extension stands for it
    released     // it became one
};

// Before the objects of one command are captured: holds those that have a definition, in
// the order of their addresses, so that two commands never wait for each other.
void hold_in_order(std::vector<core::Address> addresses);

// Compares the object with the definition last seen, and when they differ,
// writes a row and remembers the new one.  Returns the row's id, 0 for none.
std::int64_t capture(const Subject &subject, const std::string &tag, Cause cause, const std::string &source = "event");

// The same for an object that was dropped.
std::int64_t capture_drop(const Subject &subject, const std::string &tag, bool named, const std::string &source = "event");

}  // namespace ledger
