#pragma once

#include <vector>

#include "ledger/capture.hpp"

// The lists that the server keeps of a command's effects for its event triggers.
namespace ledger {

// An address that a command touched, as the server names it: maybe a part.
struct Touched {
    core::Address address;
    bool in_extension;
    Cause cause;
    std::string renamed_from;  // its name before the command, empty when that did not change it
};

// What the commands of the current ddl_command_end event act on, then what
// depends on it in a way that shows in definitions.
std::vector<Touched> touched_objects();

struct Dropped {
    Subject subject;
    bool named;     // by the command, or by a normal dependency on what it names
    bool cascaded;  // the latter
    bool part;   // of another object
    // Of a part: what it was a part of, when that is still there.  Of an index: its table.
    std::optional<core::Address> container;
    bool marked = false;  // an index that its table was clustered on or identified by
};

// What the command of the current sql_drop event removed.
std::vector<Dropped> dropped_objects();

// Operators that the removal of their commutator or negator changed.
std::vector<core::Address> unlinked_operators(const std::vector<Dropped> &dropped);

}  // namespace ledger
