#pragma once

#include <string>
#include <vector>

namespace settings {

enum class Mode : int { off, record, warn, enforce };

// langchef_guard.mode of this session.
Mode mode();
bool four_eyes();
bool record_temp();
// Longest wait for a proposal to be filed, or for a table of the guard, in milliseconds.
int proposal_timeout();
// Seconds between seals that the server makes by itself, 0 for none.
int seal_interval();
// Free label given by the user; empty when unset.
const char *migration();
// Names of Alembic version tables, plain or schema-qualified.
const char *alembic_version_table();
// Tokens presented by this session, as given; empty when none.  Never log it.
const char *approval_token();
// As SET langchef_guard.approval_token.
void set_approval_token(const char *tokens);

// Registers the settings; called once, when the library is loaded.
void define();

}  // namespace settings
