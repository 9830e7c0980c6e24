#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/fact.hpp"

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

// Records that langchef_guard.mode of this session was changed.
void record_mode_change(const char *before, const char *after, const std::string &tag);

// Id of the last row this session wrote, 0 for none.
std::int64_t last_id();

// Whether the object was created by the current transaction, as far as the
// ledger and the relation cache know.  A column is asked by its objsubid.
bool created_in_this_transaction(core::Address address);

// Whether the constraint was a part of its parent table's when the current transaction found it.
bool was_inherited(std::uint32_t constraint);

}  // namespace ledger
