#include "approval/tally.hpp"

#include "approval/roles.hpp"
#include "pg/entry.hpp"

namespace approval {
namespace {

constexpr int pause_in_milliseconds = 1000;

constinit std::int64_t invalid_tokens = 0;
constinit TimestampTz told_at = 0;
constinit std::int64_t refusals = 0;
constinit bool registered = false;
// At the end of a session no catalog can be read.
constinit NameData role{};

extern "C" {

// Runs while the process ends: no object of C++, and nothing that raises.
static void tell_at_exit(int, Datum)
{
    if (invalid_tokens > 0) {
        ereport(LOG_SERVER_ONLY, (errmsg_internal("langchef_guard: role \"%s\" presented " INT64_FORMAT " more approval tokens that are not valid",
                                                  NameStr(role), static_cast<int64>(invalid_tokens)),
                                  errhidestmt(true), errhidecontext(true)));
    }
    if (refusals > 0) {
        ereport(LOG_SERVER_ONLY, (errmsg_internal("langchef_guard: " INT64_FORMAT " more refusals of role \"%s\"", static_cast<int64>(refusals), NameStr(role)),
                                  errhidestmt(true), errhidecontext(true)));
    }
    invalid_tokens = 0;
    refusals = 0;
}

}  // extern "C"

void tell_when_the_session_ends()
{
    const std::string name = role_name(GetSessionUserId());
    std::memset(&role, 0, sizeof role);
    std::memcpy(NameStr(role), name.data(), std::min<std::size_t>(name.size(), NAMEDATALEN - 1));
    if (registered) return;
    pg::call([] { before_shmem_exit(tell_at_exit, 0); });
    registered = true;
}

}  // namespace

void note_invalid_tokens(int count)
{
    invalid_tokens += count;
    const TimestampTz now = GetCurrentTimestamp();
    if (told_at != 0 && now >= told_at && !TimestampDifferenceExceeds(told_at, now, pause_in_milliseconds)) return;
    tell_when_the_session_ends();
    log_line("role \"" + std::string(NameStr(role)) + "\" presented " + std::to_string(invalid_tokens) +
             (invalid_tokens == 1 ? " approval token that is not valid" : " approval tokens that are not valid"));
    invalid_tokens = 0;
    told_at = now;
}

void note_counted_refusal()
{
    if (refusals++ == 0) tell_when_the_session_ends();
}

std::int64_t take_counted_refusals() { return std::exchange(refusals, 0); }

}  // namespace approval
