#include "intercept/gate.hpp"

#include "catalog/reader.hpp"
#include "core/policy.hpp"
#include "guard/installation.hpp"
#include "guard/policy_table.hpp"
#include "intercept/describe.hpp"
#include "settings.hpp"

namespace intercept {
namespace {

using core::Action;

std::string class_of(const core::Effect &effect) { return std::string(core::name_of(core::find_rule(effect.rule)->rule_class)); }

core::PolicyQuestion question_about(const core::Effect &effect, const std::vector<std::string> &roles)
{
    core::PolicyQuestion question;
    question.rule = core::find_rule(effect.rule);
    // A setting is in no catalog.
    const bool in_catalog = effect.relation.classid != InvalidOid;
    question.object = in_catalog ? identity_of(effect.relation) : effect.identity;
    if (in_catalog) question.schema = guard::schema_of(effect.relation);
    question.roles = roles;
    question.rows = effect.rows;
    return question;
}

// "Rule D03 (destructive): 3 rows would be lost."
std::string finding(const core::Effect &effect)
{
    std::string text = "Rule " + effect.rule + " (" + class_of(effect) + ")";
    if (!effect.loss.empty()) text += ": " + effect.loss;
    return text + '.';
}

std::string detail_of(const std::vector<core::Effect> &effects, const std::string &objection)
{
    constexpr std::size_t most = 10;
    std::string text = finding(effects.front());
    for (std::size_t i = 1; i < effects.size() && i <= most; ++i) {
        text += "  Also " + effects[i].phrase + ": rule " + effects[i].rule;
        if (!effects[i].loss.empty()) text += ", " + effects[i].loss;
        text += '.';
    }
    if (effects.size() > most + 1) text += "  And " + count_of(static_cast<std::int64_t>(effects.size() - most - 1), "other effect") + '.';
    if (!objection.empty()) text += "  " + objection;
    return text;
}

std::string hint_of(const approval::Filing &filing)
{
    if (filing.proposal == 0) {
        return "No proposal could be filed: " + filing.failure + ".  The command is refused all the same; try it again when this is mended.";
    }
    const std::string number = std::to_string(filing.proposal);
    if (filing.status == "approved") {
        return "Proposal " + number + " is approved: set langchef_guard.approval_token to its token and run the command again.";
    }
    return "Proposal " + number + " was filed.  A DBA can run langchef_guard.approve(" + number +
           ") and give you a token; set langchef_guard.approval_token to it and run the command again.";
}

void warn(const core::Effect &effect)
{
    const std::string message = effect.phrase + " would need approval";
    const std::string detail = finding(effect);
    const char *const message_text = message.c_str();
    const char *const detail_text = detail.c_str();
    pg::call([message_text, detail_text] {
        ereport(WARNING, (errcode(pg::sqlstate::approval_required), errmsg_internal("%s", message_text), errdetail_internal("%s", detail_text)));
    });
}

void note_rules(CurrentCommand &command)
{
    for (const auto &effect : command.judgement.effects) {
        if (std::find(command.rules.begin(), command.rules.end(), effect.rule) == command.rules.end()) command.rules.push_back(effect.rule);
    }
    const core::Rule *highest = nullptr;
    for (const auto &effect : command.judgement.effects) {
        const core::Rule *const rule = core::find_rule(effect.rule);
        if (highest == nullptr || rule->rule_class < highest->rule_class) highest = rule;
    }
    if (highest != nullptr) command.rule_class = std::string(core::name_of(highest->rule_class));
}

// Warns, and leaves in the judgement what needs an approval or is denied.
// Returns whether something is denied.
bool apply_policy(core::Judgement &judgement)
{
    std::vector<Action> actions = actions_on(judgement.effects);
    const bool enforcing = settings::mode() == settings::Mode::enforce;
    for (std::size_t i = 0; i < actions.size(); ++i) {
        if (actions[i] < Action::warn || (enforcing && actions[i] > Action::warn)) continue;
        warn(judgement.effects[i]);
        actions[i] = Action::warn;
    }
    return keep_refused(judgement, actions);
}

[[noreturn]] void refuse(const core::Judgement &judgement, const approval::Search &search)
{
    const approval::Filing filing = approval::file_refusal(judgement, search);
    throw pg::GuardError(pg::sqlstate::approval_required, judgement.effects.front().phrase + " is not approved",
                         detail_of(judgement.effects, search.objection), hint_of(filing));
}

bool is_tampering(const core::Effect &effect) { return effect.rule == "P07"; }

// What is denied leaves its trace, too.
void file_denial(const core::Judgement &judgement) { approval::file_denial(judgement); }

[[noreturn]] void deny_by_policy(const core::Judgement &judgement)
{
    file_denial(judgement);
    throw pg::GuardError(pg::sqlstate::denied, judgement.effects.front().phrase + " is denied by policy", detail_of(judgement.effects, ""),
                         "See langchef_guard.policy.");
}

}  // namespace

void refuse_tampering(const core::Judgement &judgement, const std::string &detail)
{
    file_denial(judgement);
    throw pg::GuardError(pg::sqlstate::guard_protected, judgement.effects.front().phrase + " is not allowed: langchef_guard protects itself",
                         detail.empty() ? detail_of(judgement.effects, "") : detail,
                         "A superuser can set langchef_guard.mode to off, which is recorded, or drop the extension.");
}

std::vector<core::Action> actions_on(const std::vector<core::Effect> &effects)
{
    // The session's settings must not change how names are written: a policy is compared with them.
    const catalog::PinnedSettings pinned;
    const auto policy = guard::load_policy();
    const auto roles = guard::roles_of_session(policy);
    std::vector<core::Action> actions;
    for (const auto &effect : effects) actions.push_back(core::decide(policy, question_about(effect, roles)));
    return actions;
}

bool keep_refused(core::Judgement &judgement, const std::vector<core::Action> &actions)
{
    bool denied = false;
    std::vector<core::Effect> remaining;
    for (std::size_t i = 0; i < actions.size(); ++i) {
        if (actions[i] < Action::approve) continue;
        // What is denied comes first in the message.
        const bool deny = actions[i] == Action::deny;
        remaining.insert(deny && !denied ? remaining.begin() : remaining.end(), std::move(judgement.effects[i]));
        denied = denied || deny;
    }
    judgement.effects = std::move(remaining);
    return denied;
}

core::Action action_on(const std::string &rule, const std::string &schema, const std::string &identity)
{
    const auto policy = guard::load_policy();
    core::PolicyQuestion question;
    question.rule = core::find_rule(rule);
    question.object = identity;
    question.schema = schema;
    question.roles = guard::roles_of_session(policy);
    return core::decide(policy, question);
}

namespace {

// The approval that the command needs, if it needs one; raises when it may not run.
std::optional<approval::Cover> find_leave(CurrentCommand &command)
{
    if (command.judgement.empty()) return std::nullopt;
    note_rules(command);
    auto &effects = command.judgement.effects;
    if (const auto found = std::find_if(effects.begin(), effects.end(), is_tampering); found != effects.end()) {
        std::rotate(effects.begin(), found, found + 1);
        refuse_tampering(command.judgement);
    }
    if (settings::mode() == settings::Mode::record) return std::nullopt;
    if (apply_policy(command.judgement)) deny_by_policy(command.judgement);
    if (command.judgement.empty()) return std::nullopt;
    const approval::Search search = approval::find_cover(command.judgement);
    if (!search.cover.has_value()) refuse(command.judgement, search);
    command.approval = search.cover->approval;
    return search.cover;
}

}  // namespace

void pass_gate(CurrentCommand &command, const std::function<void()> &ask_others)
{
    const auto cover = find_leave(command);
    if (ask_others) ask_others();
    if (!cover.has_value()) return;
    if (command.judgement.outside_transaction) {
        approval::spend_outside(*cover, command.judgement);
    } else {
        command.cover = cover;
    }
}

}  // namespace intercept
