#pragma once

#include "pg/call.hpp"

namespace pg {

// Runs a body as pg::call does, in a subtransaction of its own: the one way
// to look at a server error and go on.  Returns null, or the error, after
// everything the body did is undone.  A cancel request is thrown on, unless the
// caller cannot go back any more and takes it as any other error.  A body that
// neither writes nor takes a strong lock costs no transaction id.  Resources the
// body leaves open belong to the subtransaction and go with it.  Without keep
// what the body did is undone in any case.
enum class Cancel { thrown, returned };

template <bool keep = true, typename Body>
ErrorData *attempt(Body &&body, Cancel cancel = Cancel::thrown)
{
    const MemoryContext context = CurrentMemoryContext;
    const ResourceOwner owner = CurrentResourceOwner;
    call([context] {
        BeginInternalSubTransaction(nullptr);
        MemoryContextSwitchTo(context);
    });
    auto run = [](void *argument) { (*static_cast<std::remove_reference_t<Body> *>(argument))(); };
    ErrorData *const caught = run_protected(run, &body);
    call([context, owner, caught] {
        if (caught != nullptr || !keep) {
            RollbackAndReleaseCurrentSubTransaction();
        } else {
            ReleaseCurrentSubTransaction();
        }
        MemoryContextSwitchTo(context);
        CurrentResourceOwner = owner;
    });
    if (cancel == Cancel::thrown && caught != nullptr && caught->sqlerrcode == ERRCODE_QUERY_CANCELED) throw Error{caught};
    return caught;
}

// The same for a body that takes locks only to look: they are given back, and
// none is waited for (the shortest wait the server knows is a millisecond).
template <typename Body>
ErrorData *look(Body &&body)
{
    return attempt<false>([&body] {
        set_config_option("lock_timeout", "1", PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
        body();
    });
}

}  // namespace pg
