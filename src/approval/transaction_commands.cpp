#include "approval/transaction_commands.hpp"

namespace approval {
namespace {

// A command or a decision.  Lives in TopTransactionContext, which outlives every subtransaction.
struct Remembered {
    Remembered *earlier;
    SubTransactionId subtransaction;
    char *digest;  // null for a decision
    char *json;
    std::int64_t proposal;  // that was decided
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
            if (gone->digest != nullptr) {
                pfree(gone->digest);
                pfree(gone->json);
            }
            pfree(gone);
        }
    }
}

}  // extern "C"

// Inside pg::call only.
Remembered *remember()
{
    if (!registered) {
        RegisterXactCallback(forget_at_end, nullptr);
        RegisterSubXactCallback(follow_subtransaction, nullptr);
        registered = true;
    }
    auto *const made = static_cast<Remembered *>(MemoryContextAllocZero(TopTransactionContext, sizeof(Remembered)));
    made->subtransaction = GetCurrentSubTransactionId();
    made->earlier = latest;
    return made;
}

}  // namespace

void remember_command(const Command &command)
{
    const std::string_view digest = command.digest;
    const std::string_view json = command.json;
    pg::call([digest, json] {
        Remembered *const made = remember();
        const MemoryContext before = MemoryContextSwitchTo(TopTransactionContext);
        made->digest = pnstrdup(digest.data(), digest.size());
        made->json = pnstrdup(json.data(), json.size());
        MemoryContextSwitchTo(before);
        latest = made;
    });
}

void remember_decision(std::int64_t proposal)
{
    pg::call([proposal] {
        Remembered *const made = remember();
        made->proposal = proposal;
        latest = made;
    });
}

std::vector<std::int64_t> decided_proposals()
{
    std::vector<std::int64_t> proposals;
    for (const Remembered *decision = latest; decision != nullptr; decision = decision->earlier) {
        if (decision->digest == nullptr) proposals.push_back(decision->proposal);
    }
    return proposals;
}

std::vector<Command> remembered_commands()
{
    std::vector<Command> commands;
    for (const Remembered *command = latest; command != nullptr; command = command->earlier) {
        if (command->digest != nullptr) commands.push_back({command->digest, command->json});
    }
    std::reverse(commands.begin(), commands.end());
    return commands;
}

}  // namespace approval
