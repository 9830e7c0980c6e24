#include "approval/worker_tasks.hpp"

#include "approval/commands.hpp"
#include "approval/spending.hpp"
#include "approval/judge_task.hpp"
#include "guard/installation.hpp"
#include "pg/spi.hpp"

namespace approval {
namespace {

// Usable: an approval that would let the last command of the proposal pass,
// given to the role by its present name.
constinit pg::Statement newest{
    "SELECT p.id, p.status, EXISTS (SELECT FROM langchef_guard.approval a "
    "WHERE a.proposal_id OPERATOR(pg_catalog.=) p.id AND a.role OPERATOR(pg_catalog.=) $3::pg_catalog.name "
    "AND a.role_oid OPERATOR(pg_catalog.=) p.requester_oid AND a.revoked_at IS NULL "
    "AND a.valid_until OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp() "
    "AND a.uses[pg_catalog.array_length(a.uses, 1)] OPERATOR(pg_catalog.<) a.max_uses) "
    "FROM langchef_guard.proposal p "
    "WHERE p.requester_oid OPERATOR(pg_catalog.=) $1 AND p.digest OPERATOR(pg_catalog.=) $2 "
    "ORDER BY p.id DESC LIMIT 1",
    {OIDOID, BYTEAOID, TEXTOID}};

constinit pg::Statement add_attempts{
    "UPDATE langchef_guard.proposal SET attempts = attempts OPERATOR(pg_catalog.+) $2, "
    "invalid_tokens = invalid_tokens OPERATOR(pg_catalog.+) $3, "
    "last_attempt_at = pg_catalog.clock_timestamp() WHERE id OPERATOR(pg_catalog.=) $1",
    {INT8OID, INT8OID, INT8OID}};

// A role may have been renamed since: its open proposals follow it.
constinit pg::Statement add_to_pending{
    "UPDATE langchef_guard.proposal SET attempts = attempts OPERATOR(pg_catalog.+) $2, "
    "invalid_tokens = invalid_tokens OPERATOR(pg_catalog.+) $4, requester = $3::pg_catalog.name, last_attempt_at = pg_catalog.clock_timestamp() WHERE id OPERATOR(pg_catalog.=) $1 "
    "AND status OPERATOR(pg_catalog.=) 'pending' RETURNING id",
    {INT8OID, INT8OID, TEXTOID, INT8OID}};

// A role that files more than anybody could decide on fills no disk and hides no proposal of others.
constexpr std::int64_t most_pending = 1000;

constinit pg::Statement open_of_role{
    "SELECT pg_catalog.count(*) FROM (SELECT FROM langchef_guard.proposal p WHERE p.requester_oid OPERATOR(pg_catalog.=) $1 "
    "AND p.status OPERATOR(pg_catalog.=) $3 LIMIT $2) AS open",
    {OIDOID, INT8OID, TEXTOID}};

// Two workers can come here at the same time.
constinit pg::Statement insert{
    "INSERT INTO langchef_guard.proposal AS p (requester_oid, digest, requester, authenticated_role, effective_role, "
    "application_name, client_addr, migration, revision_before, summary, commands, attempts, invalid_tokens, status, filed_at, last_attempt_at) "
    "VALUES ($1, $2, $3::pg_catalog.name, $4::pg_catalog.name, $5::pg_catalog.name, $6, $7::pg_catalog.inet, $8, $9, $10, "
    "$11::pg_catalog.jsonb, $12, $13, $14, pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp()) "
    "ON CONFLICT (requester_oid, digest) WHERE status OPERATOR(pg_catalog.=) 'pending' "
    "DO UPDATE SET attempts = p.attempts OPERATOR(pg_catalog.+) EXCLUDED.attempts, "
    "invalid_tokens = p.invalid_tokens OPERATOR(pg_catalog.+) EXCLUDED.invalid_tokens, requester = EXCLUDED.requester, "
    "last_attempt_at = EXCLUDED.last_attempt_at "
    "RETURNING p.id, p.attempts OPERATOR(pg_catalog.=) $12, p.commands OPERATOR(pg_catalog.->) (-1) OPERATOR(pg_catalog.->>) 'tag'",
    {OIDOID, BYTEAOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, TEXTOID, INT8OID, INT8OID, TEXTOID}};

// Every role that can connect can listen: names are left to those who may read the proposal.
void notify(std::int64_t proposal, const std::string &tag, const core::WorkerRequest &request)
{
    std::string payload = "{\"event\":\"proposal\",\"proposal\":" + std::to_string(proposal) + ",\"tag\":";
    core::append_json_string(payload, tag);
    payload += ",\"role\":";
    core::append_json_string(payload, request.requester);
    payload += '}';
    const char *const text = payload.c_str();
    pg::call([text] { Async_Notify("langchef_guard", text); });
}

}  // namespace

core::WorkerResult file(const core::WorkerRequest &request)
{
    core::WorkerResult result;
    pg::Sha256 digest{};
    if (request.digest.size() != digest.size()) {
        result.failure = "malformed digest";
        return result;
    }
    std::memcpy(digest.data(), request.digest.data(), digest.size());

    pg::SpiSession spi;
    for (const core::CountedAttempts &counted : request.counted) {
        spi.run(add_attempts, {pg::param(counted.proposal), pg::param(counted.attempts), pg::param(counted.invalid_tokens)});
    }
    const bool denied = request.denied != 0;
    const pg::Parameter role = pg::param_oid(request.requester_oid);
    const pg::Parameter hash = pg::Parameter(pg::bytea_datum(digest));
    const pg::Parameter attempts = pg::param(request.attempts);
    const pg::Parameter invalid = pg::param(request.invalid_tokens);
    const pg::Parameter name = pg::param(request.requester);
    const pg::Rows equal = spi.run(newest, {role, hash, name});
    if (!equal.empty()) {
        result.proposal = equal.int8(0, 1);
        result.status = equal.text(0, 2);
        const pg::Parameter id = pg::param(result.proposal);
        const bool usable = result.status == "approved" && equal.boolean(0, 3) && !denied && request.outgrown == 0;
        if (usable || (denied && result.status == "denied")) {
            spi.run(add_attempts, {id, attempts, invalid});
            return result;
        }
        // Not, when it was decided in between.
        if (result.status == "pending" && !denied && !spi.run(add_to_pending, {id, attempts, name, invalid}).empty()) return result;
    }
    const std::string_view status = denied ? "denied" : "pending";
    if (spi.run(open_of_role, {role, pg::param(most_pending), pg::param(status)}).int8(0, 1) >= most_pending) {
        result.proposal = 0;
        result.status.clear();
        result.failure = "role \"" + request.requester + "\" has " + std::to_string(most_pending) + " proposals " + std::string(status) + " already";
        return result;
    }
    const pg::Rows filed =
        spi.run(insert, {role, hash, name, pg::param(request.authenticated_role),
                         pg::param(request.effective_role), pg::param_or_null(request.application_name),
                         pg::param_or_null(request.client_addr), pg::param_or_null(request.migration),
                         pg::param_or_null(request.revision_before), pg::param(request.summary), pg::param(request.commands),
                         attempts, invalid, pg::param(status)});
    result.proposal = filed.int8(0, 1);
    result.status = status;
    if (filed.boolean(0, 2)) notify(result.proposal, filed.text(0, 3), request);
    return result;
}

namespace {

core::WorkerResult spend(const core::WorkerRequest &request)
{
    core::WorkerResult result;
    result.failure = spend_one(request.approval, request.command);
    if (result.failure.empty()) result.status = "spent";
    return result;
}

core::WorkerResult not_installed(const core::WorkerRequest &request)
{
    core::WorkerResult result;
    if (request.task == core::WorkerTask::judge || request.task == core::WorkerTask::pass) {
        result.status = "unguarded";
        return result;
    }
    result.failure = "extension \"langchef_guard\" is not installed in this database, or not yet committed";
    return result;
}

}  // namespace

core::WorkerResult perform(const core::WorkerRequest &request)
{
    const auto installed = guard::installation();
    if (!installed) return not_installed(request);
    if (request.task == core::WorkerTask::judge) return judge_here(request);
    if (request.task == core::WorkerTask::pass) return pass_here(request);
    const pg::UserScope as_owner(installed->owner);
    return request.task == core::WorkerTask::file ? file(request) : spend(request);
}

}  // namespace approval
