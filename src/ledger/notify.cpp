#include "ledger/notify.hpp"

#include "core/value.hpp"
#include "pg/call.hpp"

namespace ledger {
namespace {

constexpr const char *channel = "langchef_guard";
constexpr std::size_t longest_payload = 7999;

std::string change_json(std::int64_t ledger_id, const Change &change, const std::string &role, bool with_identity)
{
    std::string json = "{\"event\":\"change\",\"ledger\":" + std::to_string(ledger_id) + ",\"tag\":";
    core::append_json_string(json, change.command_tag);
    json += ",\"object\":";
    core::append_json_string(json, change.object_type);
    if (with_identity) {
        json += ",\"identity\":";
        core::append_json_string(json, change.identity);
    }
    json += ",\"role\":";
    core::append_json_string(json, role);
    json += '}';
    return json;
}

}  // namespace

void notify_change(std::int64_t ledger_id, const Change &change)
{
    const std::string role = pg::text_of(pg::call([] { return GetUserNameFromId(GetSessionUserId(), true); }));
    std::string json = change_json(ledger_id, change, role, true);
    if (json.size() > longest_payload) json = change_json(ledger_id, change, role, false);
    const char *const payload = json.c_str();
    pg::call([payload] { Async_Notify(channel, payload); });
}

}  // namespace ledger
