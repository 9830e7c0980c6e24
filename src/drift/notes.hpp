#pragma once

#include "drift/owner_session.hpp"

// What comparisons leave for those to come in tables of the extension: of this server and database alone.
namespace drift {

// What notes of a format go by: of another cluster, database, version or build they say nothing.
std::string basis_of_notes(std::string_view format);

// Whether the transaction can write at all, and sees what others have written.
bool may_note();

// Runs a statement of a key, a part of what is noted under it, and its bytes.
void put_note(OwnerSession &session, pg::Statement &statement, pg::Parameter key, std::int32_t part, const std::string &bytes);

// A bytea; empty for null.
std::string note_bytes(const pg::Rows &rows, std::uint64_t row, int column);

}  // namespace drift
