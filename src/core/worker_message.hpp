#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

// What a session asks of the background worker: a transaction that commits
// whatever becomes of the session's own.
//   file   a refused attempt
//   spend  one use of an approval
//   judge  a command on shared objects, issued in another database: whether this one lets it pass
//   pass   the same once all databases do: its approval is spent, its rows are written
enum class WorkerTask : std::uint32_t { file = 1, spend = 2, judge = 3, pass = 4 };

// Refusals that were counted in the session only, of a proposal filed before.
struct CountedAttempts {
    std::int64_t proposal = 0;
    std::int64_t attempts = 0;
    std::int64_t invalid_tokens = 0;
};

// An effect on a shared object, see core::Effect, and which databases it matters to, see judge::SharedEffect.
struct SharedEffectMessage {
    std::string rule;
    std::string object_type;
    std::string identity;
    std::string phrase;
    std::string detail;
    std::uint32_t classid = 0;
    std::uint32_t objid = 0;
    std::uint32_t concern = 0;
    std::uint32_t subject = 0;
};

struct WorkerRequest {
    WorkerTask task = WorkerTask::file;
    std::uint32_t database = 0;
    std::uint32_t timeout = 0;  // milliseconds
    std::int32_t encoding = 0;  // of the session's database, as the server numbers them

    // file: the refused attempt
    std::uint32_t requester_oid = 0;
    std::string requester;
    std::string authenticated_role;
    std::string effective_role;
    std::string application_name;
    std::string client_addr;  // empty for a local connection
    std::string migration;
    std::string revision_before;
    std::string summary;
    std::string digest;    // of all commands, raw bytes
    std::string commands;  // JSON array
    std::int64_t attempts = 1;
    std::uint32_t outgrown = 0;  // 1: what was approved does not do any more, see approval::Search
    std::uint32_t denied = 0;  // 1: no approval can be had; the attempt is filed as denied
    std::int64_t invalid_tokens = 0;  // presented with them
    std::vector<CountedAttempts> counted;

    // spend: one use of an approval
    std::int64_t approval = 0;
    std::int32_t command = 0;  // 1-based

    // judge and pass
    std::string tokens;  // as the session presents them
    std::string tag;
    std::string statement;  // secrets redacted
    std::vector<SharedEffectMessage> effects;
};

struct WorkerResult {
    std::int64_t proposal = 0;
    std::string status;   // of the proposal; "spent" for a use; for a judgement see approval::judge_here
    std::string objection;  // why the tokens presented do not do
    std::int64_t approval = 0;  // that lets it pass, 0 when it needs none
    std::int32_t command = 0;   // place of the command in the approval's uses; of a refusal, of the effect that leads it
    std::string failure;  // empty when the task was done
};

// A self-contained form of length-prefixed fields for the way through shared memory.
std::string encode(const WorkerRequest &request);
std::string encode(const WorkerResult &result);

// Null when the bytes are not exactly one message of this version.
std::optional<WorkerRequest> decode_request(std::string_view bytes);
std::optional<WorkerResult> decode_result(std::string_view bytes);

}  // namespace core
