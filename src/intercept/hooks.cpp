#include "intercept/hooks.hpp"

#include "intercept/watch.hpp"
#include "pg/entry.hpp"

// Between the server's hook and the next one no C++ object is alive: an error
// of the command jumps over this frame without harm.

namespace {

constinit ProcessUtility_hook_type next_process_utility = nullptr;

extern "C" void lcg_process_utility(PlannedStmt *statement, const char *query, bool read_only_tree, ProcessUtilityContext context,
                                    ParamListInfo parameters, QueryEnvironment *environment, DestReceiver *receiver,
                                    QueryCompletion *completion)
{
    const std::uint64_t watched = pg::guarded([=] { return intercept::before_utility(statement, query, context); });
    if (next_process_utility != nullptr) {
        next_process_utility(statement, query, read_only_tree, context, parameters, environment, receiver, completion);
    } else {
        standard_ProcessUtility(statement, query, read_only_tree, context, parameters, environment, receiver, completion);
    }
    if (watched != 0) pg::guarded([watched] { intercept::after_utility(watched); });
}

}  // namespace

namespace intercept {

void install_hooks()
{
    next_process_utility = ProcessUtility_hook;
    ProcessUtility_hook = lcg_process_utility;
}

}  // namespace intercept
