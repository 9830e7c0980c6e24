#include "guard/own_table.hpp"

#include "guard/installation.hpp"
#include "pg/attempt.hpp"
#include "settings.hpp"

namespace guard {
namespace {

// Waits as other lock requests do, where deadlocks are found and pg_locks shows it.
ErrorData *try_lock(Oid table, LOCKMODE mode, const char *milliseconds)
{
    return pg::attempt([table, mode, milliseconds] {
        set_config_option("lock_timeout", milliseconds, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
        LockRelationOid(table, mode);
    });
}

void wait_for_lock(const char *name, Oid table, LOCKMODE mode)
{
    // A session that waits for locks even less does so here, too.
    const int limit = LockTimeout > 0 ? std::min(LockTimeout, settings::proposal_timeout()) : settings::proposal_timeout();
    const std::string milliseconds = std::to_string(limit);
    ErrorData *const error = try_lock(table, mode, milliseconds.c_str());
    if (error == nullptr) return;
    if (error->sqlerrcode != ERRCODE_LOCK_NOT_AVAILABLE) throw pg::Error{error};
    throw pg::GuardError(ERRCODE_LOCK_NOT_AVAILABLE, "could not lock \"langchef_guard." + std::string(name) + "\" within " + milliseconds + " ms",
                         "Another session has locked it.  What the guard can neither judge nor record is not carried out.",
                         "Look for that session in pg_locks, and run the command again when it has ended its transaction.");
}

}  // namespace

Oid own_relation(const char *name)
{
    const auto installed = installation();
    const Oid schema = installed ? installed->schema : InvalidOid;
    const Oid found = pg::call([name, schema] { return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid; });
    if (!OidIsValid(found)) {
        throw pg::GuardError(ERRCODE_UNDEFINED_TABLE, "relation \"langchef_guard." + std::string(name) + "\" does not exist", {},
                             "Drop and create the extension langchef_guard, or run ALTER EXTENSION langchef_guard UPDATE.");
    }
    return found;
}

Oid hold_table(const char *name, LOCKMODE mode)
{
    for (;;) {
        const Oid table = own_relation(name);
        if (!pg::call([table, mode] { return ConditionalLockRelationOid(table, mode); })) wait_for_lock(name, table, mode);
        // Whoever had it may have dropped it, with the extension or to make it anew.
        if (own_relation(name) == table) return table;
    }
}

}  // namespace guard
