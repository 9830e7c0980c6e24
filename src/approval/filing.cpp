#include "approval/approval.hpp"
#include "approval/roles.hpp"
#include "approval/scope.hpp"
#include "approval/tally.hpp"
#include "approval/transaction_commands.hpp"
#include "approval/worker_client.hpp"
#include "core/refusal_cache.hpp"
#include "guard/installation.hpp"
#include "ledger/revision.hpp"
#include "ledger/row_context.hpp"
#include "pg/crypto.hpp"
#include "pg/spi.hpp"
#include "settings.hpp"

namespace approval {
namespace {

constinit core::RefusalCache cache;

constinit pg::Statement newest_of{
    "SELECT p.id FROM langchef_guard.proposal p WHERE p.requester_oid OPERATOR(pg_catalog.=) $1 "
    "AND p.digest OPERATOR(pg_catalog.=) $2 ORDER BY p.id DESC LIMIT 1",
    {OIDOID, BYTEAOID}};

std::string client_address()
{
    const ledger::ClientAddress address = ledger::client_address();
    if (address.null) return {};
    return pg::text_of(pg::call([address]() -> const char * { return DatumGetCString(DirectFunctionCall1(inet_out, address.value)); }));
}

// The Alembic revision that goes with the first object concerned.
std::string revision(const core::Judgement &judgement)
{
    if (judgement.effects.empty()) return ledger::current_revision({});
    const Oid schema = schema_of(judgement.effects.front().relation);
    return ledger::current_revision(pg::text_of(pg::call([schema]() -> const char * { return get_namespace_name(schema); })));
}

// What is proposed: the commands this transaction ran under approvals, then the refused one.
struct Proposal {
    pg::Sha256 digest;
    std::string commands;
    std::string summary;
};

std::string summarize(const core::Judgement &judgement, std::size_t earlier)
{
    if (judgement.effects.empty()) return judgement.tag;
    std::string summary = brief(judgement.effects.front());
    const std::size_t more = judgement.effects.size() - 1 + earlier;
    if (more > 0) summary += " and " + std::to_string(more) + " more";
    return summary;
}

Proposal propose(const core::Judgement &judgement)
{
    std::vector<Command> commands = remembered_commands();
    Proposal proposal;
    proposal.summary = summarize(judgement, commands.size());
    commands.push_back(describe_command(judgement));
    std::string digests;
    proposal.commands = "[";
    for (const Command &command : commands) {
        if (!digests.empty()) digests += ' ';
        digests += command.digest;
        if (proposal.commands.size() > 1) proposal.commands += ',';
        proposal.commands += command.json;
    }
    proposal.commands += ']';
    proposal.digest = proposal_digest(digests);
    return proposal;
}

}  // namespace

void put_requester(core::WorkerRequest &request)
{
    request.database = MyDatabaseId;
    request.timeout = static_cast<std::uint32_t>(settings::proposal_timeout());
    request.encoding = GetDatabaseEncoding();
    request.requester_oid = GetSessionUserId();
    request.requester = role_name(request.requester_oid);
    request.authenticated_role = role_name(GetAuthenticatedUserId());
    request.effective_role = role_name(GetUserId());
    request.application_name = pg::text_of(application_name);
    request.client_addr = client_address();
    request.migration = settings::migration();
}

namespace {

core::WorkerRequest compose(const core::Judgement &judgement, Proposal &&proposal, const core::RefusalCache::Entry &entry, bool denied)
{
    core::WorkerRequest request;
    put_requester(request);
    request.revision_before = revision(judgement);
    request.summary = std::move(proposal.summary);
    request.digest.assign(reinterpret_cast<const char *>(proposal.digest.data()), proposal.digest.size());
    request.commands = std::move(proposal.commands);
    request.attempts = 1 + entry.counted;
    request.denied = denied ? 1 : 0;
    request.invalid_tokens = entry.guesses;
    // A proposal that this transaction decided on is locked by it.
    if (decided_proposals().empty()) request.counted = cache.counted_elsewhere(entry);
    return request;
}

void log_refusal(const core::Judgement &judgement, const Filing &filing, bool denied)
{
    std::string line = (denied ? "denied " : "refused ") + judgement.tag + " by role \"" + role_name(GetSessionUserId()) + '"';
    if (!judgement.effects.empty()) {
        line += ": " + brief(judgement.effects.front()) + " (rule " + judgement.effects.front().rule + "; ";
    } else {
        line += " (";
    }
    line += filing.proposal != 0 ? "proposal " + std::to_string(filing.proposal) : "no proposal: " + filing.failure;
    const std::int64_t counted = take_counted_refusals();
    if (counted > 0) line += "; and " + std::to_string(counted) + (counted == 1 ? " refusal" : " refusals") + " since the last line";
    line += ')';
    log_line(line);
}

// Why the worker would wait for this very transaction; empty when it would not.
std::string own_decision(const guard::Installation &installed, const pg::Sha256 &digest)
{
    const std::vector<std::int64_t> decided = decided_proposals();
    if (decided.empty()) return {};
    const pg::UserScope as_owner(installed.owner);
    pg::SpiSession spi(pg::Sees::committed);
    const pg::Rows rows = spi.run(newest_of, {pg::param_oid(GetSessionUserId()), pg::Parameter(pg::bytea_datum(digest))});
    if (rows.empty() || std::find(decided.begin(), decided.end(), rows.int8(0, 1)) == decided.end()) return {};
    return "proposal " + std::to_string(rows.int8(0, 1)) +
           " is decided by this very transaction, which has to commit first";
}

Filing from_cache(const core::RefusalCache::Entry &entry)
{
    if (entry.proposal == 0) return {0, {}, "the last try to file it failed less than a second ago"};
    return {entry.proposal, entry.approved ? "approved" : "pending", {}};
}

// Says in only_counted whether it was no more than that.
Filing file(const core::Judgement &judgement, bool denied, const Search &search, bool &only_counted)
{
    const auto installed = guard::installation();
    if (!installed) return {0, {}, "extension \"langchef_guard\" is not installed in this database"};
    Proposal proposal = propose(judgement);
    if (std::string failure = own_decision(*installed, proposal.digest); !failure.empty()) return {0, {}, std::move(failure)};
    core::RefusalCache::Entry &entry = cache.find(proposal.digest, GetSessionUserId());
    entry.guesses += search.invalid_tokens;
    only_counted = core::RefusalCache::only_count(entry, GetCurrentTimestamp());
    if (only_counted) return from_cache(entry);
    core::WorkerRequest request = compose(judgement, std::move(proposal), entry, denied);
    request.outgrown = search.outgrown ? 1 : 0;
    core::WorkerResult result = run_in_worker(request);
    if (result.failure.empty() && result.proposal == 0) result.failure = "the background worker gave no proposal";
    core::RefusalCache::filed(entry, result.proposal, result.status == "approved", GetCurrentTimestamp());
    if (result.proposal != 0 && decided_proposals().empty()) cache.forget_counted(entry);
    return {result.proposal, std::move(result.status), std::move(result.failure)};
}

Filing file_and_log(const core::Judgement &judgement, bool denied, const Search &search)
{
    bool only_counted = false;
    const Filing filing = file(judgement, denied, search, only_counted);
    if (only_counted) {
        note_counted_refusal();
    } else {
        log_refusal(judgement, filing, denied);
    }
    pg::call([] { CHECK_FOR_INTERRUPTS(); });
    return filing;
}

}  // namespace

Filing file_refusal(const core::Judgement &judgement, const Search &search) { return file_and_log(judgement, false, search); }

Filing file_denial(const core::Judgement &judgement) { return file_and_log(judgement, true, {}); }

}  // namespace approval
