#include "intercept/hooks.hpp"

#include "intercept/watch.hpp"
#include "pg/entry.hpp"
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

// SELECT and INSERT pay for four comparisons, other DML for a look at its plan.
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
    if (may_change_every_row(query) && (flags & EXEC_FLAG_EXPLAIN_ONLY) == 0) {
        pg::guarded([query] {
            pg::debug_point("executor_start");
            intercept::before_execution(query);
        });
    }
}

}  // namespace

namespace intercept {

void install_hooks()
{
    next_executor_start = ExecutorStart_hook;
    ExecutorStart_hook = lcg_executor_start;
    next_process_utility = ProcessUtility_hook;
    ProcessUtility_hook = lcg_process_utility;
}

}  // namespace intercept
