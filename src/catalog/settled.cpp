#include "catalog/settled.hpp"

#include "catalog/read_ahead.hpp"
#include "pg/attempt.hpp"
#include "pg/entry.hpp"

namespace catalog {
namespace {

// How long locks are waited for, in milliseconds, until the end of the scope.  Set where the server keeps the value: an
// object is read in microseconds, and to set it as a setting would take about as long.
class LockWait {
  public:
    explicit LockWait(int limit) : before_(LockTimeout) { LockTimeout = limit; }
    ~LockWait() { LockTimeout = before_; }
    LockWait(const LockWait &) = delete;
    LockWait &operator=(const LockWait &) = delete;

  private:
    int before_;
};

// To write a view down the server locks all that it reads, one after the other, and somebody who drops the same takes
// them in another order.  No such session may be told of a deadlock because of one that only reads: a wait ends, and
// what was held is given back, long before anyone looks for deadlocks.  The caller's transaction may hold more than is
// given back here: every so often a wait lasts just long enough to find that deadlock here.
class Patience {
  public:
    // Of the next wait; the session's own limit holds for all together.
    int limit() const
    {
        constexpr int often = 8;
        const int wait = timeouts_ % often == often - 1 ? DeadlockTimeout + 10 : std::clamp(DeadlockTimeout / 10, 1, 100);
        return own_ > 0 ? std::clamp(own_ - passed(), 1, wait) : wait;
    }

    // Whether to try again after a wait that ended at its limit.
    bool goes_on()
    {
        ++timeouts_;
        return own_ == 0 || passed() < own_;
    }

  private:
    int passed() const { return static_cast<int>(TimestampDifferenceMilliseconds(start_, GetCurrentTimestamp())); }

    const TimestampTz start_ = GetCurrentTimestamp();
    const int own_ = LockTimeout;  // milliseconds; 0: for ever
    int timeouts_ = 0;
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
    constexpr int most_readings = 5;
    for (int reading = 1;; ++reading) {
        const std::uint64_t before = known_changes();
        core::Facts facts = workspace.read(address);
        if (reading == most_readings || known_changes() == before) return facts;
    }
}

// What was read before an error is not believed any more.
void settle(ErrorData *error)
{
    ReadAhead::forget();
    pg::call([error] {
        FreeErrorData(error);
        AcceptInvalidationMessages();
    });
}

}  // namespace

core::Facts read_settled(Workspace &workspace, const ObjectAddress &address)
{
    constexpr int most_failures = 5;
    core::Facts facts;
    Patience patience;
    for (int failures = 0;;) {
        core::Facts *const found = &facts;
        auto read = [&workspace, &address, found] { pg::guarded([&workspace, &address, found] { *found = read_at_once(workspace, address); }); };
        ErrorData *const error = [&patience, &read] {
            const LockWait wait(patience.limit());
            return pg::attempt<false>(read);
        }();
        if (error == nullptr) return facts;
        const bool again = error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE ? patience.goes_on() : ++failures < most_failures;
        if (!again) throw pg::Error{error};
        settle(error);
    }
}

std::vector<core::Facts> read_settled(Workspace &workspace, const std::vector<ObjectAddress> &addresses)
{
    std::vector<core::Facts> facts(addresses.size());
    if (addresses.size() > 1) {
        auto read = [&] {
            pg::guarded([&] {
                for (std::size_t i = 0; i < addresses.size(); ++i) facts[i] = read_at_once(workspace, addresses[i]);
            });
        };
        ErrorData *const error = [&read] {
            const LockWait wait(Patience().limit());
            return pg::attempt<false>(read);
        }();
        if (error == nullptr) return facts;
        settle(error);
    }
    for (std::size_t i = 0; i < addresses.size(); ++i) facts[i] = read_settled(workspace, addresses[i]);
    return facts;
}

}  // namespace catalog
