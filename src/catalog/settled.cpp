#include "catalog/settled.hpp"

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

}  // namespace

core::Facts read_settled(Workspace &workspace, const ObjectAddress &address)
{
    constexpr int most_failures = 5;
    core::Facts facts;
    Patience patience;
    for (int failures = 0;;) {
        core::Facts *const found = &facts;
        auto read = [&workspace, &address, found] { pg::guarded([&workspace, &address, found] { *found = workspace.read(address); }); };
        ErrorData *const error = [&patience, &read] {
            const LockWait wait(patience.limit());
            return pg::attempt<false>(read);
        }();
        if (error == nullptr) return facts;
        const bool again = error->sqlerrcode == ERRCODE_LOCK_NOT_AVAILABLE ? patience.goes_on() : ++failures < most_failures;
        if (!again) throw pg::Error{error};
        pg::call([error] {
            FreeErrorData(error);
            AcceptInvalidationMessages();
        });
    }
}

}  // namespace catalog
