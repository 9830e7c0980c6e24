#include "catalog/settled.hpp"

#include <optional>

#include "catalog/read_ahead.hpp"
#include "pg/attempt.hpp"
#include "pg/entry.hpp"
#include "pg/scratch.hpp"

namespace catalog {
namespace {

// How locks are waited for until the end of the scope, in milliseconds.  Set where the server keeps the values: an object
// is read in microseconds, and to set them as settings would take about as long.
struct LockTimes {
    int limit;
    int until_check;  // for deadlocks
};

class LockWait {
  public:
    explicit LockWait(LockTimes times) : before_{LockTimeout, DeadlockTimeout}
    {
        LockTimeout = times.limit;
        DeadlockTimeout = times.until_check;
    }
    ~LockWait()
    {
        LockTimeout = before_.limit;
        DeadlockTimeout = before_.until_check;
    }
    LockWait(const LockWait &) = delete;
    LockWait &operator=(const LockWait &) = delete;

  private:
    LockTimes before_;
};

// To write a view down the server locks all that it reads, one after the other, and somebody who drops the same takes
// them in another order.  No such session may be told of a deadlock because of one that only reads: a wait ends, and
// what was held is given back, long before anyone looks for deadlocks.  The caller's transaction may hold more than is
// given back here: now and then a wait looks for a deadlock itself, early.
class Patience {
  public:
    // Of the next wait; the session's own limit holds for all together.
    LockTimes next() const
    {
        const bool checks = suspects_ || waits_ == 7 || waits_ == 63 || waits_ % 512 == 511;
        const int wait = std::clamp(usual_check_ / 10, 1, 100);
        return {own_ > 0 ? std::clamp(own_ - passed(), 1, wait) : wait, checks ? std::max(wait / 2, 1) : usual_check_};
    }

    // Whether to try again after an attempt that ended with the error.
    bool goes_on(int sqlstate)
    {
        constexpr int most_failures = 5;
        if (sqlstate == ERRCODE_LOCK_NOT_AVAILABLE) {
            ++waits_;
            return own_ == 0 || passed() < own_;
        }
        suspects_ = suspects_ || sqlstate == ERRCODE_T_R_DEADLOCK_DETECTED;
        return ++failures_ < most_failures;
    }

  private:
    int passed() const { return static_cast<int>(TimestampDifferenceMilliseconds(start_, GetCurrentTimestamp())); }

    const TimestampTz start_ = GetCurrentTimestamp();
    const int own_ = LockTimeout;  // 0: for ever
    const int usual_check_ = DeadlockTimeout;
    int waits_ = 0;
    int failures_ = 0;
    bool suspects_ = false;
};

// Tells of a timeout of the statement that came due together with the end of a wait: the server names one of them, and
// each comes once.
class StatementTimeout {
  public:
    void notice() const
    {
        if (was_active_ && !get_timeout_active(STATEMENT_TIMEOUT)) throw pg::GuardError(ERRCODE_QUERY_CANCELED, "canceling statement due to statement timeout");
    }

  private:
    const bool was_active_ = get_timeout_active(STATEMENT_TIMEOUT);
};

// Of other sessions, until now.
std::uint64_t known_changes()
{
    return pg::call([] {
        AcceptInvalidationMessages();
        return SharedInvalidMessageCounter;
    });
}

// The server reads each row as it is when it comes to it: an object that was changed meanwhile is half one and half the
// other, and is read again.  Where changes never end the last reading is as good as any.
core::Facts read_at_once(Workspace &workspace, const ObjectAddress &address)
{
    constexpr int most_readings = 3;
    for (int reading = 1;; ++reading) {
        const std::uint64_t before = known_changes();
        core::Facts facts = workspace.read(address);
        if (reading == most_readings || known_changes() == before) return facts;
    }
}

template <typename Body>
ErrorData *attempt(const Patience &patience, Body body)
{
    auto guarded = [&body] {
        pg::guarded([&body] {
            body();
            // A wait may have come to its end when it had what it waited for.
            pg::call([] { CHECK_FOR_INTERRUPTS(); });
        });
    };
    const StatementTimeout timeout;
    ErrorData *const error = [&] {
        const LockWait wait(patience.next());
        return pg::attempt<false>(guarded);
    }();
    if (error == nullptr) return nullptr;
    timeout.notice();
    // What was read before an error is not believed any more.
    ReadAhead::forget();
    pg::call([] { AcceptInvalidationMessages(); });
    return error;
}

}  // namespace

core::Facts read_settled(Workspace &workspace, const ObjectAddress &address)
{
    core::Facts facts;
    Patience patience;
    std::optional<pg::ScratchContext> errors;
    for (;;) {
        ErrorData *const error = attempt(patience, [&] { facts = read_at_once(workspace, address); });
        if (error == nullptr) return facts;
        if (!patience.goes_on(error->sqlerrcode)) throw pg::Error{error};
        if (errors) {
            errors->reset();
        } else {
            errors.emplace();
        }
    }
}

std::vector<core::Facts> read_settled(Workspace &workspace, const std::vector<ObjectAddress> &addresses)
{
    std::vector<core::Facts> facts(addresses.size());
    const auto read_all = [&] {
        for (std::size_t i = 0; i < addresses.size(); ++i) facts[i] = read_at_once(workspace, addresses[i]);
    };
    if (addresses.size() > 1 && attempt(Patience(), read_all) == nullptr) return facts;
    for (std::size_t i = 0; i < addresses.size(); ++i) facts[i] = read_settled(workspace, addresses[i]);
    return facts;
}

}  // namespace catalog
