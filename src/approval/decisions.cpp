#include "approval/decisions.hpp"

#include "approval/commands.hpp"
#include "approval/roles.hpp"
#include "approval/transaction_commands.hpp"
#include "core/token.hpp"
#include "pg/crypto.hpp"
#include "pg/entry.hpp"
#include "settings.hpp"

namespace approval {
namespace {

constinit pg::Statement lock_proposal{
    "SELECT p.status, p.requester, p.requester_oid, p.authenticated_role, p.decided_by, p.decided_at, p.decision_reason, "
    "pg_catalog.encode(p.digest, 'hex'), "
    "(SELECT pg_catalog.string_agg(c.value OPERATOR(pg_catalog.->>) 'digest', ' ' ORDER BY c.ordinality) "
    "FROM pg_catalog.jsonb_array_elements(p.commands) WITH ORDINALITY AS c) "
    "FROM langchef_guard.proposal p WHERE p.id OPERATOR(pg_catalog.=) $1 FOR UPDATE OF p",
    {INT8OID}};

constinit pg::Statement decide{
    "UPDATE langchef_guard.proposal SET status = $2, decided_by = SESSION_USER, decided_at = pg_catalog.clock_timestamp(), "
    "decision_reason = $3, requester = $4::pg_catalog.name WHERE id OPERATOR(pg_catalog.=) $1",
    {INT8OID, TEXTOID, TEXTOID, TEXTOID}};

constinit pg::Statement grant_approval{
    "INSERT INTO langchef_guard.approval (proposal_id, token_hash, role, role_oid, database_oid, system_identifier, digests, "
    "max_uses, uses, issued_by, issued_at, reason, valid_until) "
    "SELECT p.id, $2, $8::pg_catalog.name, p.requester_oid, $3, $4, c.digests, $5, "
    "pg_catalog.array_fill(0, ARRAY[pg_catalog.array_length(c.digests, 1)]), SESSION_USER, pg_catalog.clock_timestamp(), $6, "
    "pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) $7 "
    "FROM langchef_guard.proposal p, LATERAL (SELECT pg_catalog.array_agg(pg_catalog.decode("
    "e.value OPERATOR(pg_catalog.->>) 'digest', 'hex') ORDER BY e.ordinality) "
    "FROM pg_catalog.jsonb_array_elements(p.commands) WITH ORDINALITY AS e) AS c (digests) "
    "WHERE p.id OPERATOR(pg_catalog.=) $1 RETURNING id",
    {INT8OID, BYTEAOID, OIDOID, INT8OID, INT4OID, TEXTOID, INTERVALOID, TEXTOID}};

constinit pg::Statement revoke_all{
    "UPDATE langchef_guard.approval SET revoked_by = SESSION_USER, revoked_at = pg_catalog.clock_timestamp(), "
    "revoke_reason = $2 WHERE proposal_id OPERATOR(pg_catalog.=) $1 AND revoked_at IS NULL",
    {INT8OID, TEXTOID}};

constinit pg::Statement lock_approval{
    "SELECT a.revoked_by, a.revoked_at FROM langchef_guard.approval a WHERE a.id OPERATOR(pg_catalog.=) $1 FOR UPDATE OF a",
    {INT8OID}};

constinit pg::Statement revoke_one{
    "UPDATE langchef_guard.approval SET revoked_by = SESSION_USER, revoked_at = pg_catalog.clock_timestamp(), "
    "revoke_reason = $2 WHERE id OPERATOR(pg_catalog.=) $1",
    {INT8OID, TEXTOID}};

struct Proposal {
    std::int64_t id;
    std::string status;
    std::string requester;
    Oid requester_oid;
    std::string authenticated_role;
    std::string decided_by;
    std::string decided_at;
    std::string decision_reason;
    std::string digest;
    std::string command_digests;

    std::string name() const { return "proposal " + std::to_string(id); }
};

// Locks it until the end of the transaction.
Proposal open_proposal(pg::SpiSession &spi, std::int64_t id)
{
    const pg::Rows rows = spi.run(lock_proposal, {pg::param(id)});
    if (rows.empty()) {
        throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT, "proposal " + std::to_string(id) + " does not exist", {},
                             "See langchef_guard.proposals for those that do.");
    }
    remember_decision(id);
    return {id,
            rows.text(0, 1),
            rows.text(0, 2),
            rows.oid(0, 3),
            rows.text(0, 4),
            rows.text(0, 5),
            rows.text(0, 6),
            rows.text(0, 7),
            rows.text(0, 8),
            rows.text(0, 9)};
}

[[noreturn]] void already_decided(const Proposal &proposal, std::string hint)
{
    if (proposal.status == "denied") {
        throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, proposal.name() + " cannot be approved",
                             "It is on record only: a policy denies the command, or it would change the guard itself.",
                             "See langchef_guard.policy for what denies commands.");
    }
    std::string detail = "Role \"" + proposal.decided_by + "\" decided on " + proposal.decided_at;
    detail += proposal.decision_reason.empty() ? "." : ", giving the reason \"" + proposal.decision_reason + "\".";
    throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, proposal.name() + " is " + proposal.status + " already",
                         std::move(detail), std::move(hint));
}

void check_four_eyes(const Proposal &proposal)
{
    if (!settings::four_eyes()) return;
    if (proposal.requester_oid != GetSessionUserId() && proposal.requester_oid != GetAuthenticatedUserId() &&
        !is_this_session(proposal.requester, proposal.authenticated_role)) {
        return;
    }
    std::string cause = "role \"" + proposal.requester + '"';
    if (proposal.authenticated_role != proposal.requester) cause += ", logged in as \"" + proposal.authenticated_role + "\",";
    throw pg::GuardError(ERRCODE_INSUFFICIENT_PRIVILEGE, "a requester cannot approve " + proposal.name(),
                         "Setting \"langchef_guard.four_eyes\" is on, and " + cause + " caused the proposal.",
                         "Somebody else must approve it.");
}

// The OIDs in the digests must mean what they meant when it was filed.
void check_still_meaningful(const Proposal &proposal)
{
    if (pg::hex(proposal_digest(proposal.command_digests)) != proposal.digest) {
        throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, proposal.name() + " was filed in another database",
                             "It came here with a dump or an upgrade, and names objects by their identifiers there.",
                             "Run the command again to file a new proposal.");
    }
}

// A token is for the role by its present name: it may have been renamed.
std::string present_name(const Proposal &proposal)
{
    const Oid role = proposal.requester_oid;
    const char *const name = pg::call([role]() -> const char * { return GetUserNameFromId(role, true); });
    if (name != nullptr) return name;
    throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE,
                         "role \"" + proposal.requester + "\" of " + proposal.name() + " does not exist any more");
}

pg::Parameter nullable(const std::optional<std::string> &text) { return text ? pg::param(*text) : pg::Parameter(); }

void record_decision(pg::SpiSession &spi, const Proposal &proposal, std::string_view status, const std::optional<std::string> &reason,
                     const std::string &requester)
{
    spi.run(decide, {pg::param(proposal.id), pg::param(status), nullable(reason), pg::param(requester)});
}

}  // namespace

guard::Installation require_installation()
{
    const auto installed = guard::installation();
    if (!installed) throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "extension \"langchef_guard\" is not installed");
    return *installed;
}

bool is_this_session(const std::string &role, const std::string &other)
{
    const std::string session = role_name(GetSessionUserId());
    const std::string authenticated = role_name(GetAuthenticatedUserId());
    return role == session || role == authenticated || other == session || other == authenticated;
}

NewToken new_token()
{
    NewToken token{core::format_token(pg::random_bytes()), {}};
    token.hash = pg::Parameter(pg::bytea_datum(pg::sha256(token.text)));
    return token;
}

}  // namespace approval

using namespace approval;

LCG_FUNCTION(lcg_approve)
{
    const std::int64_t id = required_int8(fcinfo, 0, "proposal");
    const auto reason = optional_text(fcinfo, 1, "reason");
    const Terms terms = required_terms(fcinfo, 2, 3);
    require_own_call("approve");
    refuse_read_only("approve");
    NewToken token = new_token();
    {
        const pg::UserScope as_owner(require_installation().owner);
        pg::SpiSession spi;
        const Proposal proposal = open_proposal(spi, id);
        if (proposal.status != "pending" && proposal.status != "approved") {
            already_decided(proposal, "Run the command again to file a new proposal.");
        }
        check_four_eyes(proposal);
        check_still_meaningful(proposal);
        const std::string requester = present_name(proposal);
        if (proposal.status == "pending") record_decision(spi, proposal, "approved", reason, requester);
        const pg::Rows made = spi.run(
            grant_approval, {pg::param(id), token.hash, pg::param_oid(MyDatabaseId), pg::param(guard::system_identifier()),
                             pg::Parameter(Int32GetDatum(terms.max_uses)), nullable(reason), pg::Parameter(terms.valid_for),
                             pg::param(requester)});
        log_line(proposal.name() + " of role \"" + requester + "\" approved by role \"" + role_name(GetSessionUserId()) +
                 "\" (approval " + std::to_string(made.int8(0, 1)) + ")");
    }
    return pg::text_datum(token.text);
}

LCG_FUNCTION(lcg_reject)
{
    const std::int64_t id = required_int8(fcinfo, 0, "proposal");
    const std::string reason = required_text(fcinfo, 1, "reason");
    require_own_call("reject");
    refuse_read_only("reject");
    const pg::UserScope as_owner(require_installation().owner);
    pg::SpiSession spi;
    const Proposal proposal = open_proposal(spi, id);
    if (proposal.status != "pending") {
        already_decided(proposal, proposal.status == "approved"
                                      ? "Run langchef_guard.revoke(" + std::to_string(id) + ") to take the approval back."
                                      : std::string());
    }
    record_decision(spi, proposal, "rejected", reason, proposal.requester);
    log_line(proposal.name() + " of role \"" + proposal.requester + "\" rejected by role \"" + role_name(GetSessionUserId()) + '"');
    return static_cast<Datum>(0);
}

LCG_FUNCTION(lcg_revoke)
{
    const std::int64_t id = required_int8(fcinfo, 0, "proposal");
    const auto reason = optional_text(fcinfo, 1, "reason");
    require_own_call("revoke");
    refuse_read_only("revoke");
    const pg::UserScope as_owner(require_installation().owner);
    pg::SpiSession spi;
    const Proposal proposal = open_proposal(spi, id);
    if (proposal.status == "pending") {
        throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, proposal.name() + " is not approved", {},
                             "Run langchef_guard.reject(" + std::to_string(id) + ", reason) to decide against it.");
    }
    if (proposal.status != "approved") already_decided(proposal, {});
    spi.run(revoke_all, {pg::param(id), nullable(reason)});
    record_decision(spi, proposal, "revoked", reason, proposal.requester);
    log_line("approval of " + proposal.name() + " revoked by role \"" + role_name(GetSessionUserId()) + '"');
    return static_cast<Datum>(0);
}

LCG_FUNCTION(lcg_revoke_token)
{
    const std::int64_t id = required_int8(fcinfo, 0, "approval");
    const auto reason = optional_text(fcinfo, 1, "reason");
    require_own_call("revoke_token");
    refuse_read_only("revoke_token");
    const pg::UserScope as_owner(require_installation().owner);
    pg::SpiSession spi;
    const pg::Rows rows = spi.run(lock_approval, {pg::param(id)});
    const std::string name = "approval " + std::to_string(id);
    if (rows.empty()) {
        throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT, name + " does not exist", {},
                             "See langchef_guard.approvals for those that do.");
    }
    if (!rows.is_null(0, 2)) {
        throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, name + " is revoked already",
                             "Role \"" + rows.text(0, 1) + "\" revoked it on " + rows.text(0, 2) + ".");
    }
    spi.run(revoke_one, {pg::param(id), nullable(reason)});
    log_line(name + " revoked by role \"" + role_name(GetSessionUserId()) + '"');
    return static_cast<Datum>(0);
}
