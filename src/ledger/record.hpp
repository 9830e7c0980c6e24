#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/fact.hpp"
#include "ledger/subject.hpp"

namespace ledger {

// One row to be.  Who, when and where are filled in by append.
struct Change {
    std::string source = "event";  // "event", "utility" or "unobserved"
    std::string command_tag;
    std::string operation;         // "create", "alter", "drop", "truncate" or "other"
    std::string object_type;
    std::string schema_name;
    std::string identity;
    core::Address address;
    bool in_extension = false;
    std::string definition_before; // JSON, empty for null
    std::string definition_after;
    std::string difference;
};

// Writes the row in the current transaction and returns its id.
std::int64_t append(const Change &change);

// Records a command that fires no event trigger (TRUNCATE, role and database
// commands, REASSIGN OWNED...), after it ran.
void record_utility(const std::string &tag, const std::string &operation, const std::string &object_type,
                    const std::string &identity, core::Address address);

// An object that a command without an event trigger may have changed.
struct SideEffect {
    core::Address address;
    bool named;  // by the command; else it shows the new name of what the command acts on
};

// Records those whose definitions differ from the ones last seen.
void record_side_effects(const std::string &tag, const std::vector<SideEffect> &effects);

// Records a new name that no definition holds: of an index, a key or a sequence that is a
// part of something else.  The whole is what it is a part of.
void record_renamed_part(const Subject &whole, core::Address part, const std::string &old_name, const std::string &tag);

// Records that langchef_guard.mode of this session was changed.
void record_mode_change(const char *before, const char *after, const std::string &tag);

// Id of the last row this session wrote, 0 for none.
std::int64_t last_id();

// Whether the object was created by the current transaction, as far as the
// ledger and the relation cache know.  A column is asked by its objsubid.
bool created_in_this_transaction(core::Address address);

// Whether it was the current transaction that made the one a partition or child of the other.
bool joined_in_this_transaction(std::uint32_t child, std::uint32_t parent);
// Whether the constraint was a part of its parent table's when the current transaction found it.
bool was_inherited(std::uint32_t constraint);

}  // namespace ledger
