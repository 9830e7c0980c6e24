#include "intercept/hooks.hpp"

#include "intercept/object_access.hpp"
#include "intercept/watch.hpp"
#include "pg/entry.hpp"
#include "scratch/process.hpp"
#include "settings.hpp"

// Between the server's hook and the next one no C++ object is alive: an error
// of the command jumps over this frame without harm.

namespace {

constinit ProcessUtility_hook_type next_process_utility = nullptr;

extern "C" void lcg_process_utility(PlannedStmt *statement, const char *query, bool read_only_tree, ProcessUtilityContext context,
                                    ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *receiver,
                                    QueryCompletion *completion)
{
    const settings::Mode mode_before = settings::mode();
    const std::uint64_t watched = pg::guarded([=] {
        pg::debug_point("process_utility");
        return intercept::before_utility(statement, query, context);
    });
    if (next_process_utility != nullptr) {
        next_process_utility(statement, query, read_only_tree, context, parameters, environment, receiver, completion);
    } else {
        standard_ProcessUtility(statement, query, read_only_tree, context, parameters, environment, receiver, completion);
    }
    const bool mode_changed = settings::mode() != mode_before;
    if (watched == 0 && !mode_changed) return;
    pg::guarded([=] {
        pg::debug_point("after_process_utility");
        intercept::after_utility(watched, statement);
        if (mode_changed) intercept::after_mode_change(statement, query);
    });
}

constinit ExecutorStart_hook_type next_executor_start = nullptr;

// SELECT pays for five comparisons, DML for a look at its tables, other than INSERT at its plan.
bool writes(const QueryDesc *query) { return query->operation != CMD_SELECT || query->plannedstmt->hasModifyingCTE; }

bool may_change_every_row(const QueryDesc *query)
{
    return query->operation == CMD_DELETE || query->operation == CMD_UPDATE || query->operation == CMD_MERGE ||
           query->plannedstmt->hasModifyingCTE;
}

extern "C" void lcg_executor_start(QueryDesc *query, int flags)
{
    if (next_executor_start != nullptr) {
        next_executor_start(query, flags);
    } else {
        standard_ExecutorStart(query, flags);
    }
    // Privileges have been checked by now, and no row has been touched.
    if (!writes(query) || (flags & EXEC_FLAG_EXPLAIN_ONLY) != 0) return;
    pg::guarded([query] {
        pg::debug_point("executor_start");
        scratch::require_inside(query);
        if (may_change_every_row(query)) intercept::before_execution(query);
        intercept::record_own_writes(query);
    });
}

constinit object_access_hook_type next_object_access = nullptr;

// What the server does for its own ends: transient tables of a rewrite, temporary objects at the end of a session.
bool is_housekeeping(const void *argument)
{
    const auto *const drop = static_cast<const ObjectAccessDrop *>(argument);
    // DROP INDEX CONCURRENTLY is judged as itself, and must find its transaction without an id.
    constexpr int flags = PERFORM_DELETION_INTERNAL | PERFORM_DELETION_QUIETLY | PERFORM_DELETION_CONCURRENTLY;
    return drop != nullptr && (drop->dropflags & flags) != 0;
}

bool may_be_own(Oid classid)
{
    return classid == RelationRelationId || classid == ProcedureRelationId || classid == NamespaceRelationId || classid == ExtensionRelationId ||
           classid == EventTriggerRelationId;
}

bool concerns_guard(ObjectAccessType access, Oid classid, const void *argument)
{
    switch (access) {
        case OAT_DROP: return !is_housekeeping(argument);
        case OAT_TRUNCATE: return true;
        case OAT_POST_ALTER: {
            const auto *const alter = static_cast<const ObjectAccessPostAlter *>(argument);
            return may_be_own(classid) && (alter == nullptr || !alter->is_internal);
        }
        case OAT_POST_CREATE: return classid == ProcedureRelationId;  // CREATE OR REPLACE, too
        default: return false;
    }
}

extern "C" void lcg_object_access(ObjectAccessType access, Oid classid, Oid objid, int subid, void *argument)
{
    if (next_object_access != nullptr) next_object_access(access, classid, objid, subid, argument);
    if (!concerns_guard(access, classid, argument)) return;
    pg::guarded([=] {
        pg::debug_point("object_access");
        if (access == OAT_DROP) {
            intercept::before_drop({classid, objid, subid});
        } else if (access == OAT_TRUNCATE) {
            intercept::before_truncate(objid);
        } else {
            intercept::after_alter({classid, objid, 0});
        }
    });
}

}  // namespace

namespace intercept {

void install_hooks()
{
    next_executor_start = ExecutorStart_hook;
    ExecutorStart_hook = lcg_executor_start;
    next_object_access = object_access_hook;
    object_access_hook = lcg_object_access;
    next_process_utility = ProcessUtility_hook;
    ProcessUtility_hook = lcg_process_utility;
}

}  // namespace intercept
