#include "approval/judge_task.hpp"

#include "approval/approval.hpp"
#include "approval/commands.hpp"
#include "approval/roles.hpp"
#include "approval/spending.hpp"
#include "approval/worker_tasks.hpp"
#include "guard/installation.hpp"
#include "intercept/command.hpp"
#include "intercept/gate.hpp"
#include "judge/shared_objects.hpp"
#include "ledger/row_context.hpp"
#include "pg/spi.hpp"
#include "settings.hpp"

namespace approval {
namespace {

core::Judgement judgement_of(const core::WorkerRequest &request)
{
    core::Effect effect;
    effect.rule = request.rule;
    effect.object = effect.relation = core::Address{request.classid, request.objid, 0};
    effect.object_type = request.object_type;
    effect.identity = request.identity;
    effect.phrase = request.phrase;
    effect.detail = request.detail;
    core::Judgement judgement;
    judgement.tag = request.tag;
    judgement.statement = request.statement;
    judgement.effects.push_back(std::move(effect));
    judgement.outside_transaction = true;
    return judgement;
}

// Policy and tokens ask for the session's role.
void act_as_requester(const core::WorkerRequest &request)
{
    const Oid role = request.requester_oid;
    const char *const application = request.application_name.c_str();
    pg::call([role, application] {
        SetSessionAuthorization(role, superuser_arg(role));
        SetConfigOption("application_name", application, PGC_USERSET, PGC_S_SESSION);
    });
    ledger::speak_for({request.authenticated_role, request.client_addr});
    settings::set_approval_token(request.tokens.c_str());
}

core::WorkerResult file_for(const core::WorkerRequest &request, const core::Judgement &judgement, bool denied)
{
    const Command command = describe_command(judgement);
    const pg::Sha256 digest = proposal_digest(command.digest);
    core::WorkerRequest proposal = request;
    proposal.denied = denied ? 1 : 0;
    proposal.summary = brief(judgement.effects.front());
    proposal.digest.assign(reinterpret_cast<const char *>(digest.data()), digest.size());
    proposal.commands = '[' + command.json + ']';
    core::WorkerResult result = file(proposal);
    log_line((denied ? "denied " : "refused ") + judgement.tag + " by role \"" + request.requester + "\" in another database: " + proposal.summary +
             " (rule " + request.rule + "; proposal " + std::to_string(result.proposal) + ')');
    return result;
}

// Before it runs: whether the transaction then commits, nobody tells here.
void record_passing(const core::Judgement &judgement, std::int64_t approval)
{
    auto command = std::make_unique<intercept::CurrentCommand>();
    command->statement = judgement.statement;
    command->rules = {judgement.effects.front().rule};
    command->approval = approval;
    const core::Effect effect = judgement.effects.front();
    const std::string tag = judgement.tag;
    const std::uint64_t number = intercept::push_command(std::move(command), CurTransactionContext);
    ledger::record_utility(tag, "other", effect.object_type, effect.identity, effect.object);
    intercept::pop_command(number);
}

core::WorkerResult passes(const core::Judgement &judgement, std::int64_t approval)
{
    record_passing(judgement, approval);
    core::WorkerResult result;
    result.status = "allowed";
    return result;
}

}  // namespace

core::WorkerResult judge_here(const core::WorkerRequest &request)
{
    const auto installed = guard::installation();
    const settings::Mode mode = settings::mode();
    if (mode == settings::Mode::off || !judge::matters_here(static_cast<judge::Concern>(request.concern), request.subject)) {
        core::WorkerResult result;
        result.status = "unconcerned";
        return result;
    }
    act_as_requester(request);
    const core::Judgement judgement = judgement_of(request);
    const core::Action action = intercept::action_on(judgement.effects.front());
    const pg::UserScope as_owner(installed->owner);
    if (mode != settings::Mode::enforce || action < core::Action::approve) return passes(judgement, 0);
    if (action == core::Action::deny) return file_for(request, judgement, true);
    const Search search = find_cover(judgement);
    if (!search.cover.has_value()) {
        core::WorkerResult result = file_for(request, judgement, false);
        result.objection = search.objection;
        return result;
    }
    std::string failure = spend_one(search.cover->approval, search.cover->command);
    if (failure.empty()) return passes(judgement, search.cover->approval);
    core::WorkerResult result;
    result.failure = "the approval token " + failure;
    return result;
}

}  // namespace approval
