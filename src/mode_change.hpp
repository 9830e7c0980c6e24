#pragma once

#include <optional>

#include "settings.hpp"

// Changes of langchef_guard.mode in this session, by whatever way: SET, RESET ALL,
// set_config(), PGOPTIONS, ALTER ROLE ... SET, the SET clause of a function.
namespace settings {

struct ModeChange {
    Mode before;
    Mode after;
};

// How the mode of this session differs from the one last put on record.  What a
// configuration file says for all sessions is never a difference.
std::optional<ModeChange> unrecorded_mode_change();

// Notes that the current subtransaction recorded the present mode; undone with it.
void mode_change_recorded();

const char *name_of(Mode mode);

// The mode by the server's and the database's settings alone, whatever is stored for the role of this session.
Mode mode_for_all();

// Registers the setting; value is where it is kept.
void define_mode(int *value);

}  // namespace settings
