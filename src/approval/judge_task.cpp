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
#include "mode_change.hpp"
#include "pg/spi.hpp"
#include "settings.hpp"

namespace approval {
namespace {

core::Effect effect_of(const core::SharedEffectMessage &message)
{
    core::Effect effect;
    effect.rule = message.rule;
    effect.object = effect.relation = core::Address{message.classid, message.objid, 0};
    effect.object_type = message.object_type;
    effect.identity = message.identity;
    effect.phrase = message.phrase;
    effect.detail = message.detail;
    return effect;
}

// With the effects that matter here.
core::Judgement judgement_of(const core::WorkerRequest &request)
{
    core::Judgement judgement;
    judgement.tag = request.tag;
    judgement.statement = request.statement;
    judgement.outside_transaction = true;
    for (const core::SharedEffectMessage &message : request.effects) {
        if (judge::matters_here(static_cast<judge::Concern>(message.concern), message.subject)) judgement.effects.push_back(effect_of(message));
    }
    return judgement;
}

// Policy and tokens ask for the session's role.
void act_as_requester(const core::WorkerRequest &request)
{
    const Oid role = request.requester_oid;
    const char *const application = request.application_name.c_str();
    const char *const migration = request.migration.c_str();
    pg::call([=] {
        SetSessionAuthorization(role, superuser_arg(role));
        SetConfigOption("application_name", application, PGC_USERSET, PGC_S_SESSION);
        SetConfigOption("langchef_guard.migration", migration, PGC_USERSET, PGC_S_SESSION);
    });
    ledger::speak_for({request.authenticated_role, request.effective_role, request.client_addr});
    const char *const tokens = request.tokens.c_str();
    pg::call([tokens] { settings::set_approval_token(tokens); });
}

core::WorkerResult file_for(const core::WorkerRequest &request, const core::Judgement &judgement, bool denied)
{
    const Command command = describe_command(judgement);
    const pg::Sha256 digest = proposal_digest(command.digest);
    core::WorkerRequest proposal = request;
    proposal.denied = denied ? 1 : 0;
    proposal.summary = brief(judgement.effects.front());
    if (judgement.effects.size() > 1) proposal.summary += " and " + std::to_string(judgement.effects.size() - 1) + " more";
    proposal.digest.assign(reinterpret_cast<const char *>(digest.data()), digest.size());
    proposal.commands = '[' + command.json + ']';
    core::WorkerResult result = file(proposal);
    const auto leads = [&judgement](const core::SharedEffectMessage &message) { return message.phrase == judgement.effects.front().phrase; };
    const auto lead = std::find_if(request.effects.begin(), request.effects.end(), leads);
    result.command = static_cast<std::int32_t>(lead - request.effects.begin());
    log_line((denied ? "denied " : "refused ") + judgement.tag + " by role \"" + request.requester + "\" in another database: " + proposal.summary +
             " (rule " + judgement.effects.front().rule + "; proposal " + std::to_string(result.proposal) + ')');
    return result;
}

core::WorkerResult with_status(const char *status)
{
    core::WorkerResult result;
    result.status = status;
    return result;
}

// Text of a database with another encoding, of which only ASCII is sure to mean the same here.
void keep_ascii(std::string &text)
{
    for (char &c : text) {
        if ((static_cast<unsigned char>(c) & 0x80U) != 0) c = '?';
    }
}

core::WorkerRequest readable(core::WorkerRequest request)
{
    if (request.encoding == GetDatabaseEncoding()) return request;
    for (std::string *const text : {&request.requester, &request.authenticated_role, &request.effective_role, &request.application_name,
                                    &request.migration, &request.statement}) {
        keep_ascii(*text);
    }
    for (core::SharedEffectMessage &effect : request.effects) {
        for (std::string *const text : {&effect.identity, &effect.phrase, &effect.detail}) keep_ascii(*text);
    }
    return request;
}

}  // namespace

core::WorkerResult judge_here(const core::WorkerRequest &sent)
{
    const core::WorkerRequest request = readable(sent);
    const auto installed = guard::installation();
    const settings::Mode mode = settings::mode_for_all();
    if (mode == settings::Mode::off) return with_status("off");
    core::Judgement judgement = judgement_of(request);
    if (judgement.effects.empty()) return with_status("unconcerned");
    act_as_requester(request);
    const bool denied = intercept::keep_refused(judgement, intercept::actions_on(judgement.effects));
    if (mode != settings::Mode::enforce || judgement.effects.empty()) return with_status("allowed");
    const pg::UserScope as_owner(installed->owner);
    if (denied) return file_for(request, judgement, true);
    const Search search = find_cover(judgement);
    if (!search.cover.has_value()) {
        core::WorkerResult result = file_for(request, judgement, false);
        result.objection = search.objection;
        return result;
    }
    core::WorkerResult result = with_status("allowed");
    result.approval = search.cover->approval;
    result.command = search.cover->command;
    return result;
}

core::WorkerResult pass_here(const core::WorkerRequest &sent)
{
    const core::WorkerRequest request = readable(sent);
    const auto installed = guard::installation();
    const core::Judgement judgement = judgement_of(request);
    act_as_requester(request);
    if (request.approval != 0) {
        const pg::UserScope as_owner(installed->owner);
        core::WorkerResult result;
        result.failure = spend_one(request.approval, request.command);
        if (!result.failure.empty()) return result;
    }
    auto command = std::make_unique<intercept::CurrentCommand>();
    command->statement = judgement.statement;
    command->approval = request.approval;
    for (const core::Effect &effect : judgement.effects) command->rules.push_back(effect.rule);
    const std::uint64_t number = intercept::push_command(std::move(command), CurTransactionContext);
    for (const core::Effect &effect : judgement.effects) {
        ledger::record_utility(judgement.tag, "other", effect.object_type, effect.identity, effect.object);
    }
    intercept::pop_command(number);
    return with_status("allowed");
}

}  // namespace approval
