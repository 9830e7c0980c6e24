#include "scratch/identity.hpp"

namespace scratch {
namespace {

void take_settings(Oid role, Oid database)
{
    pg::call([role, database] {
        const Relation settings = table_open(DbRoleSettingRelationId, AccessShareLock);
        const Snapshot snapshot = RegisterSnapshot(GetCatalogSnapshot(DbRoleSettingRelationId));
        ApplySetting(snapshot, database, role, settings, PGC_S_DATABASE_USER);
        ApplySetting(snapshot, InvalidOid, role, settings, PGC_S_USER);
        ApplySetting(snapshot, database, InvalidOid, settings, PGC_S_DATABASE);
        UnregisterSnapshot(snapshot);
        table_close(settings, AccessShareLock);
    });
}

// What a session's settings must not keep the text from.
void override_settings()
{
    pg::call([] {
        SetConfigOption("lock_timeout", "0", PGC_USERSET, PGC_S_SESSION);
        SetConfigOption("statement_timeout", "0", PGC_USERSET, PGC_S_SESSION);
        pg::compat::disable_transaction_timeout();
        SetConfigOption("default_transaction_read_only", "off", PGC_USERSET, PGC_S_SESSION);
        SetConfigOption("default_transaction_isolation", "read committed", PGC_USERSET, PGC_S_SESSION);
        // Nobody may connect to the database, nor may helpers.
        SetConfigOption("max_parallel_workers_per_gather", "0", PGC_USERSET, PGC_S_SESSION);
        SetConfigOption("max_parallel_maintenance_workers", "0", PGC_USERSET, PGC_S_SESSION);
    });
}

// The role named by SET ROLE or SET SESSION AUTHORIZATION; InvalidOid for none and for the default.
Oid named_role(const VariableSetStmt *command)
{
    return pg::call([command] {
        if (command->kind != VAR_SET_VALUE || list_length(command->args) != 1 || !IsA(linitial(command->args), A_Const)) return InvalidOid;
        const auto *const value = static_cast<const A_Const *>(linitial(command->args));
        if (value->isnull || value->val.node.type != T_String) return InvalidOid;
        const char *const name = value->val.sval.sval;
        return std::strcmp(name, "none") == 0 ? InvalidOid : get_role_oid(name, false);
    });
}

}  // namespace

Identity::Identity(Oid role, Oid database) : caller_(role), session_(role), current_(role)
{
    pg::call([] { StartTransactionCommand(); });
    take_settings(role, database);
    override_settings();
    pg::call([] { CommitTransactionCommand(); });
    become(role, role);
}

void Identity::become(Oid session, Oid current)
{
    pg::call([session, current] {
        const bool outside = !IsTransactionState();
        if (outside) StartTransactionCommand();
        const bool is_superuser = superuser_arg(session);
        if (outside) CommitTransactionCommand();
        SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, 0);
        SetSessionAuthorization(session, is_superuser);
        // With this the server lets nothing change the role or the session's, as in a SECURITY DEFINER function.
        SetUserIdAndSecContext(current, SECURITY_LOCAL_USERID_CHANGE);
    });
    session_ = session;
    current_ = current;
}

bool Identity::take(const Node *command)
{
    if (!IsA(command, VariableSetStmt)) return false;
    const auto *const set = reinterpret_cast<const VariableSetStmt *>(command);
    if (set->name == nullptr) return false;
    const bool session = std::strcmp(set->name, "session_authorization") == 0;
    if (!session && std::strcmp(set->name, "role") != 0) return false;
    if (set->kind != VAR_SET_VALUE && set->kind != VAR_SET_DEFAULT && set->kind != VAR_RESET) return false;
    const Oid named = named_role(set);
    const Oid wanted = OidIsValid(named) ? named : session ? caller_ : session_;
    const Oid bound = session ? caller_ : session_;
    const bool allowed = pg::call([wanted, bound, session] {
        return wanted == bound || superuser_arg(bound) || (!session && pg::compat::may_set_role(bound, wanted));
    });
    if (!allowed) {
        throw pg::GuardError(ERRCODE_INSUFFICIENT_PRIVILEGE, std::string("permission denied to set ") + (session ? "session authorization" : "role"));
    }
    if (set->is_local && !OidIsValid(session_before_local_)) {
        session_before_local_ = session_;
        current_before_local_ = current_;
    }
    if (session) {
        become(wanted, wanted);
    } else {
        become(session_, wanted);
    }
    return true;
}

void Identity::settle()
{
    if (!OidIsValid(session_before_local_) || IsTransactionBlock()) return;
    become(session_before_local_, current_before_local_);
    session_before_local_ = InvalidOid;
}

void Identity::leave()
{
    pg::call([] {
        SetUserIdAndSecContext(BOOTSTRAP_SUPERUSERID, 0);
        SetSessionAuthorization(BOOTSTRAP_SUPERUSERID, true);
    });
}

}  // namespace scratch
