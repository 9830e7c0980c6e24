#include "ledger/notify.hpp"

#include "core/value.hpp"
#include "pg/entry.hpp"

namespace ledger {
namespace {

constexpr const char *channel = "langchef_guard";

// Every role that can connect can listen: names are left to those who may read the ledger.
std::string change_json(std::int64_t ledger_id, const Change &change, const std::string &role)
{
    std::string json = "{\"event\":\"change\",\"ledger\":" + std::to_string(ledger_id) + ",\"tag\":";
    core::append_json_string(json, change.command_tag);
    json += ",\"object\":";
    core::append_json_string(json, change.object_type);
    json += ",\"operation\":";
    core::append_json_string(json, change.operation);
    json += ",\"role\":";
    core::append_json_string(json, role);
    json += '}';
    return json;
}

// A transaction with notifications cannot be prepared, which would take DDL
// in two-phase commit away from applications.  So they wait here until the
// commit; those of a prepared transaction are not sent.
struct Pending {
    SubTransactionId subtransaction;
    const char *payload;
    Pending *next;
};

// In the transaction's memory, the newest first.
constinit Pending *pending = nullptr;

extern "C" void lcg_notify_at_commit(XactEvent event, void *)
{
    if (event == XACT_EVENT_PRE_COMMIT) {
        pg::guarded([] {
            pg::call([] {
                Pending *oldest = nullptr;
                for (Pending *at = pending; at != nullptr;) {
                    Pending *const next = at->next;
                    at->next = oldest;
                    oldest = at;
                    at = next;
                }
                pending = nullptr;
                for (; oldest != nullptr; oldest = oldest->next) Async_Notify(channel, oldest->payload);
            });
        });
    } else if (event != XACT_EVENT_PRE_PREPARE) {
        pending = nullptr;
    }
}

// Subtransactions that began after the aborted one and before its end are inside it.
extern "C" void lcg_notify_at_rollback(SubXactEvent event, SubTransactionId aborted, SubTransactionId, void *)
{
    if (event != SUBXACT_EVENT_ABORT_SUB) return;
    while (pending != nullptr && pending->subtransaction >= aborted) pending = pending->next;
}

void keep_until_commit(const char *payload)
{
    pg::call([payload] {
        auto *const entry = static_cast<Pending *>(MemoryContextAlloc(TopTransactionContext, sizeof(Pending)));
        *entry = {GetCurrentSubTransactionId(), MemoryContextStrdup(TopTransactionContext, payload), pending};
        pending = entry;
    });
}

}  // namespace

void announce_at_commit()
{
    RegisterXactCallback(lcg_notify_at_commit, nullptr);
    RegisterSubXactCallback(lcg_notify_at_rollback, nullptr);
}

void notify_change(std::int64_t ledger_id, const Change &change)
{
    const std::string role = pg::text_of(pg::call([] { return GetUserNameFromId(GetSessionUserId(), true); }));
    const std::string json = change_json(ledger_id, change, role);
    keep_until_commit(json.c_str());
}

}  // namespace ledger
