#include "approval/spending.hpp"

#include "approval/approval.hpp"
#include "approval/transaction_commands.hpp"
#include "approval/worker_client.hpp"
#include "guard/installation.hpp"
#include "guard/own_table.hpp"
#include "pg/spi.hpp"
#include "settings.hpp"

namespace approval {
namespace {

// One atomic step: a second session waits here for the first one's end, and
// the conditions are then checked against the row as the first one left it.
constinit pg::Statement count_use{
    "UPDATE langchef_guard.approval SET uses[$2] = uses[$2] OPERATOR(pg_catalog.+) 1, "
    "last_used_at = pg_catalog.clock_timestamp() "
    "WHERE id OPERATOR(pg_catalog.=) $1 AND uses[$2] OPERATOR(pg_catalog.<) max_uses AND revoked_at IS NULL "
    "AND valid_until OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp() RETURNING id",
    {INT8OID, INT4OID}};

constinit pg::Statement why_not{
    "SELECT revoked_at IS NOT NULL, valid_until OPERATOR(pg_catalog.<=) pg_catalog.clock_timestamp() "
    "FROM langchef_guard.approval WHERE id OPERATOR(pg_catalog.=) $1",
    {INT8OID}};

pg::GuardError not_spendable(const std::string &failure)
{
    return pg::GuardError(pg::sqlstate::token_not_valid, "approval token " + failure, {}, "Ask for another approval.");
}

}  // namespace

std::string spend_one(std::int64_t approval, std::int32_t command)
{
    pg::SpiSession spi(pg::Sees::committed);
    const pg::Parameter id = pg::param(approval);
    if (!spi.run(count_use, {id, pg::Parameter(Int32GetDatum(command))}).empty()) return {};
    const pg::Rows rows = spi.run(why_not, {id});
    if (rows.empty()) return "no longer exists";
    if (rows.boolean(0, 1)) return "has been revoked";
    if (rows.boolean(0, 2)) return "has expired";
    return "is spent already";
}

void require_spent(const std::string &failure)
{
    for (const std::string_view known : {"is spent already", "has been revoked", "has expired", "no longer exists"}) {
        if (failure == known) throw not_spendable(failure);
    }
}

void spend(const Cover &cover, const core::Judgement &judgement)
{
    const auto installed = guard::installation();
    if (!installed) throw not_spendable("no longer exists");
    guard::hold_table("approval", RowExclusiveLock);
    std::string failure;
    {
        const pg::UserScope as_owner(installed->owner);
        failure = spend_one(cover.approval, cover.command);
    }
    if (!failure.empty()) throw not_spendable(failure);
    remember_command(describe_command(judgement));
}

void spend_outside(const Cover &cover, const core::Judgement &judgement)
{
    core::WorkerRequest request;
    request.task = core::WorkerTask::spend;
    request.database = MyDatabaseId;
    request.timeout = static_cast<std::uint32_t>(settings::proposal_timeout());
    request.approval = cover.approval;
    request.command = cover.command;
    const core::WorkerResult result = run_in_worker(request);
    pg::call([] { CHECK_FOR_INTERRUPTS(); });
    if (result.status == "spent") return;
    require_spent(result.failure);
    throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "could not use the approval token for " + judgement.tag,
                         "The use must be recorded outside the transaction, but " + result.failure + ".",
                         "Check \"max_worker_processes\" and \"langchef_guard.proposal_timeout\", then run the command again.");
}

}  // namespace approval
