#include "intercept/elsewhere.hpp"

#include "approval/worker_client.hpp"
#include "core/redact.hpp"
#include "core/refusal_cache.hpp"
#include "core/rules.hpp"
#include "intercept/describe.hpp"
#include "judge/judge.hpp"
#include "judge/shared_objects.hpp"
#include "pg/crypto.hpp"
#include "settings.hpp"

namespace intercept {
namespace {

// Equal refusals in quick succession start no worker each.
constinit core::RefusalCache refused_lately;

std::string name_of_database(Oid database)
{
    return pg::text_of(pg::call([database]() -> const char * { return get_database_name(database); }));
}

core::SharedEffectMessage message_of(const judge::SharedEffect &shared)
{
    return {shared.effect.rule,   shared.effect.object_type,    shared.effect.identity,      shared.effect.phrase,
            shared.effect.detail, shared.effect.object.classid, shared.effect.object.objid, static_cast<std::uint32_t>(shared.concern),
            shared.subject};
}

// What each database is asked about, in the order of their OIDs, so that no two sessions ask in opposite orders.
using Questions = std::map<Oid, std::vector<const judge::SharedEffect *>>;

Questions questions_about(const std::vector<judge::SharedEffect> &effects)
{
    Questions questions;
    for (const judge::SharedEffect &shared : effects) {
        for (const Oid database : judge::other_databases(shared.concern, shared.subject)) questions[database].push_back(&shared);
    }
    return questions;
}

std::string detail_of(const core::Effect &effect, const std::string &database, const std::string &objection)
{
    std::string detail = "Rule " + effect.rule + " (" + std::string(core::name_of(core::find_rule(effect.rule)->rule_class)) + ") of guarded database \"" + database + "\".";
    if (!objection.empty()) detail += "  " + objection;
    return detail;
}

using Asked = std::vector<const judge::SharedEffect *>;

[[noreturn]] void refuse(const Asked &asked, const std::string &database, const core::WorkerResult &result)
{
    const auto place = static_cast<std::size_t>(result.command);
    const core::Effect &effect = asked[place < asked.size() ? place : 0]->effect;
    const std::string detail = detail_of(effect, database, result.objection);
    if (result.status == "denied") throw pg::GuardError(pg::sqlstate::denied, effect.phrase + " is denied by policy", detail, "See langchef_guard.policy there.");
    const std::string number = std::to_string(result.proposal);
    const std::string hint = result.status == "approved"
                                 ? "Proposal " + number + " there is approved: set langchef_guard.approval_token to its token and run the command again."
                                 : "Proposal " + number + " was filed there.  A DBA can run langchef_guard.approve(" + number + ") in that database and give you a token; set langchef_guard.approval_token to it and run the command again.";
    throw pg::GuardError(pg::sqlstate::approval_required, effect.phrase + " is not approved", detail, hint);
}

core::WorkerResult run(const core::WorkerRequest &request, const std::string &database, const core::Effect &effect)
{
    core::WorkerResult result = approval::run_in_worker(request);
    pg::call([] { CHECK_FOR_INTERRUPTS(); });
    if (result.failure.empty()) return result;
    for (const std::string_view known : {"is spent already", "has been revoked", "has expired", "no longer exists"}) {
        if (result.failure == known) throw pg::GuardError(pg::sqlstate::token_not_valid, "approval token " + result.failure, {}, "Ask for another approval.");
    }
    throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "could not ask database \"" + database + "\" about " + effect.phrase,
                         "The database may be guarded by langchef_guard, but " + result.failure + '.',
                         "Check \"max_worker_processes\" and \"langchef_guard.proposal_timeout\", then run the command again.");
}

struct Answer {
    core::WorkerRequest request;
    std::string database;
    core::WorkerResult result;
};

pg::Sha256 key_of(const core::WorkerRequest &request)
{
    std::string text = std::to_string(request.database) + '\n' + request.tag + '\n' + request.tokens;
    for (const auto &effect : request.effects) text += '\n' + effect.rule + ' ' + std::to_string(effect.objid) + ' ' + effect.phrase + ' ' + effect.detail;
    return pg::sha256(text);
}

// Asks one database; raises when it does not let the command pass.
core::WorkerResult ask(const core::WorkerRequest &request, const std::string &database, const Asked &asked)
{
    core::RefusalCache::Entry &entry = refused_lately.find(key_of(request), GetSessionUserId());
    if (entry.proposal != 0 && core::RefusalCache::only_count(entry, GetCurrentTimestamp())) {
        core::WorkerResult known;
        known.proposal = entry.proposal;
        known.status = "pending";
        refuse(asked, database, known);
    }
    const core::WorkerResult result = run(request, database, asked.front()->effect);
    if (result.status == "pending") core::RefusalCache::filed(entry, result.proposal, false, GetCurrentTimestamp());
    if (result.status == "pending" || result.status == "approved" || result.status == "denied") refuse(asked, database, result);
    return result;
}

// DROP DATABASE did not end, or its files are gone: nobody can be asked there, and nothing is left to guard.
bool is_ruin(Oid database)
{
    return pg::call([database] {
        const HeapTuple tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(database));
        if (!HeapTupleIsValid(tuple)) return true;
        const auto *const row = reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple));
        const bool invalid = row->datconnlimit == pg::compat::invalid_database;
        const char *const path = GetDatabasePath(database, row->dattablespace);
        ReleaseSysCache(tuple);
        return invalid || access(path, F_OK) != 0;
    });
}

// Names may have come to mean something else while the databases were asked.
void require_same(Node *tree, const std::vector<judge::SharedEffect> &before)
{
    const std::vector<judge::SharedEffect> now = judge::shared_effects(tree);
    const auto same = [](const judge::SharedEffect &a, const judge::SharedEffect &b) {
        return a.effect.rule == b.effect.rule && a.effect.object == b.effect.object && a.effect.detail == b.effect.detail;
    };
    if (std::equal(before.begin(), before.end(), now.begin(), now.end(), same)) return;
    throw pg::GuardError(pg::sqlstate::approval_required, before.front().effect.phrase + " is not approved", "A name meant something else when the command was judged.",
                         "Run the command again: it is judged by what is there then.");
}

}  // namespace

std::vector<core::Address> pass_other_databases(Node *tree, std::string_view statement, bool top_level)
{
    std::vector<core::Address> decided;
    const std::vector<judge::SharedEffect> effects = judge::shared_effects(tree);
    if (effects.empty()) return decided;
    // The server will refuse it: nobody is asked, and nothing is spent.
    if (judge::runs_outside_transaction(tree) && pg::call([top_level] { return IsInTransactionBlock(top_level); })) return decided;
    core::WorkerRequest request;
    approval::put_requester(request);
    request.task = core::WorkerTask::judge;
    request.tokens = settings::approval_token();
    request.tag = pg::text_of(pg::call([tree] { return GetCommandTagName(CreateCommandTag(tree)); }));
    request.statement = core::redact(statement);
    std::vector<Answer> answers;
    for (const auto &[database, asked] : questions_about(effects)) {
        const std::string name = name_of_database(database);
        if (name.empty() || is_ruin(database)) continue;
        request.database = database;
        request.effects.clear();
        for (const judge::SharedEffect *const shared : asked) request.effects.push_back(message_of(*shared));
        core::WorkerResult result = ask(request, name, asked);
        if (result.status == "unguarded") continue;
        for (const judge::SharedEffect *const shared : asked) decided.push_back(shared->effect.object);
        if (result.status == "allowed") answers.push_back({request, name, std::move(result)});
    }
    // Nothing is spent before all of them let it pass.
    if (!answers.empty()) require_same(tree, effects);
    for (Answer &answer : answers) {
        answer.request.task = core::WorkerTask::pass;
        answer.request.approval = answer.result.approval;
        answer.request.command = answer.result.command;
        run(answer.request, answer.database, effects.front().effect);
    }
    if (!answers.empty()) require_same(tree, effects);
    return decided;
}

}  // namespace intercept
