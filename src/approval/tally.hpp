#pragma once

#include <cstdint>

// What a session does in quick succession is told to the server log as a
// number, in a line a second or so: guessing fills no disk.  What was not told
// yet is told when the session ends.
namespace approval {

// Tokens presented that are none of this guard.  Nothing of them is written.
void note_invalid_tokens(int count);

// A refusal that was only counted, without a line of its own.
void note_counted_refusal();
// Those since the last line of a refusal, which now tells of them.
std::int64_t take_counted_refusals();

}  // namespace approval
