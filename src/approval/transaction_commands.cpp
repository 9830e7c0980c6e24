#include "approval/transaction_commands.hpp"

namespace approval {
namespace {

// Lives in TopTransactionContext, which outlives every subtransaction.
struct Remembered {
    Remembered *earlier;
    SubTransactionId subtransaction;
    char *digest;
    char *json;
};

constinit Remembered *latest = nullptr;
constinit bool registered = false;

extern "C" {

static void forget_at_end(XactEvent event, void *)
{
    switch (event) {
        case XACT_EVENT_COMMIT:
        case XACT_EVENT_PARALLEL_COMMIT:
        case XACT_EVENT_ABORT:
        case XACT_EVENT_PARALLEL_ABORT:
        case XACT_EVENT_PREPARE:
            latest = nullptr;
            break;
        case XACT_EVENT_PRE_COMMIT:
        case XACT_EVENT_PARALLEL_PRE_COMMIT:
        case XACT_EVENT_PRE_PREPARE:
            break;
    }
}

static void follow_subtransaction(SubXactEvent event, SubTransactionId own, SubTransactionId parent, void *)
{
    if (event == SUBXACT_EVENT_COMMIT_SUB) {
        for (Remembered *command = latest; command != nullptr && command->subtransaction == own; command = command->earlier) {
            command->subtransaction = parent;
        }
    } else if (event == SUBXACT_EVENT_ABORT_SUB) {
        while (latest != nullptr && latest->subtransaction == own) {
            Remembered *const gone = latest;
            latest = gone->earlier;
            pfree(gone->digest);
            pfree(gone->json);
            pfree(gone);
        }
    }
}

}  // extern "C"

}  // namespace

void remember_command(const Command &command)
{
    const std::string_view digest = command.digest;
    const std::string_view json = command.json;
    pg::call([digest, json] {
        if (!registered) {
            RegisterXactCallback(forget_at_end, nullptr);
            RegisterSubXactCallback(follow_subtransaction, nullptr);
            registered = true;
        }
        const MemoryContext before = MemoryContextSwitchTo(TopTransactionContext);
        auto *const command_copy = static_cast<Remembered *>(palloc(sizeof(Remembered)));
        command_copy->digest = pnstrdup(digest.data(), digest.size());
        command_copy->json = pnstrdup(json.data(), json.size());
        command_copy->subtransaction = GetCurrentSubTransactionId();
        command_copy->earlier = latest;
        latest = command_copy;
        MemoryContextSwitchTo(before);
    });
}

std::vector<Command> remembered_commands()
{
    std::vector<Command> commands;
    for (const Remembered *command = latest; command != nullptr; command = command->earlier) {
        commands.push_back({command->digest, command->json});
    }
    std::reverse(commands.begin(), commands.end());
    return commands;
}

}  // namespace approval
