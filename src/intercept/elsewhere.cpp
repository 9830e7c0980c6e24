#include "intercept/elsewhere.hpp"

#include "approval/spending.hpp"
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

using Asked_about = std::vector<const judge::SharedEffect *>;

// What each database is asked about: the one that a setting is stored for first, then by their OIDs.
using Questions = std::map<std::pair<bool, Oid>, Asked_about>;

bool is_asked(Asked whom, const judge::SharedEffect &shared) { return (whom == Asked::subjects) == (shared.concern == judge::Concern::database); }

Questions questions_about(const std::vector<judge::SharedEffect> &effects, Asked whom)
{
    Questions questions;
    for (const judge::SharedEffect &shared : effects) {
        if (!is_asked(whom, shared)) continue;
        for (const Oid database : judge::other_databases(shared.concern, shared.subject)) {
            questions[{database != shared.subject, database}].push_back(&shared);
        }
    }
    return questions;
}

std::string detail_of(const core::Effect &effect, const std::string &database, const std::string &objection)
{
    std::string detail = "Rule " + effect.rule + " (" + std::string(core::name_of(core::find_rule(effect.rule)->rule_class)) + ") of guarded database \"" + database + "\".";
    if (!objection.empty()) detail += "  " + objection;
    return detail;
}

// A database that does not let a command pass.
struct Refusal {
    std::string database;
    const core::Effect *effect;
    core::WorkerResult result;
};

bool is_refusal(const core::WorkerResult &result) { return result.status == "pending" || result.status == "approved" || result.status == "denied"; }

// All of them are told at once, what is denied first.
[[noreturn]] void refuse(std::vector<Refusal> refusals)
{
    std::stable_partition(refusals.begin(), refusals.end(), [](const Refusal &refusal) { return refusal.result.status == "denied"; });
    const Refusal &first = refusals.front();
    std::string detail = detail_of(*first.effect, first.database, first.result.objection);
    for (std::size_t i = 1; i < refusals.size(); ++i) {
        detail += "  Also proposal " + std::to_string(refusals[i].result.proposal) + " of guarded database \"" + refusals[i].database + "\".";
    }
    if (first.result.status == "denied") throw pg::GuardError(pg::sqlstate::denied, first.effect->phrase + " is denied by policy", detail, "See langchef_guard.policy there.");
    const std::string number = std::to_string(first.result.proposal);
    const std::string hint = first.result.status == "approved"
                                 ? "Proposal " + number + " there is approved: set langchef_guard.approval_token to its token and run the command again."
                                 : "Proposal " + number + " was filed there.  A DBA can run langchef_guard.approve(" + number + ") in that database and give you a token; set langchef_guard.approval_token to it and run the command again.";
    throw pg::GuardError(pg::sqlstate::approval_required, first.effect->phrase + " is not approved", detail, hint);
}

core::WorkerResult run(const core::WorkerRequest &request, const std::string &database, const core::Effect &effect)
{
    core::WorkerResult result = approval::run_in_worker(request);
    pg::call([] { CHECK_FOR_INTERRUPTS(); });
    if (result.failure.empty()) return result;
    approval::require_spent(result.failure);
    throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "could not ask database \"" + database + "\" about " + effect.phrase,
                         "The database may be guarded by langchef_guard, but " + result.failure + '.',
                         "Run the command again when no other command holds that database; check \"max_worker_processes\" and \"langchef_guard.proposal_timeout\".");
}

pg::Sha256 key_of(const core::WorkerRequest &request)
{
    std::string text = std::to_string(request.database) + '\n' + request.tag + '\n' + request.tokens;
    for (const auto &effect : request.effects) text += '\n' + effect.rule + ' ' + std::to_string(effect.objid) + ' ' + effect.phrase + ' ' + effect.detail;
    return pg::sha256(text);
}

// Asks one database.
core::WorkerResult ask_one(const core::WorkerRequest &request, const std::string &database, const Asked_about &asked)
{
    core::RefusalCache::Entry &entry = refused_lately.find(key_of(request), GetSessionUserId());
    if (entry.proposal != 0 && core::RefusalCache::only_count(entry, GetCurrentTimestamp())) {
        core::WorkerResult known;
        known.proposal = entry.proposal;
        known.status = "pending";
        return known;
    }
    core::WorkerResult result = run(request, database, asked.front()->effect);
    if (result.status == "pending") core::RefusalCache::filed(entry, result.proposal, false, GetCurrentTimestamp());
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

core::WorkerRequest request_about(Node *tree, std::string_view statement, core::WorkerTask task)
{
    core::WorkerRequest request;
    approval::put_requester(request);
    request.task = task;
    request.tokens = settings::approval_token();
    request.tag = pg::text_of(pg::call([tree] { return GetCommandTagName(CreateCommandTag(tree)); }));
    request.statement = core::redact(statement);
    return request;
}

void put_effects(core::WorkerRequest &request, Oid database, const Asked_about &asked)
{
    request.database = database;
    request.effects.clear();
    for (const judge::SharedEffect *const shared : asked) request.effects.push_back(message_of(*shared));
}

}  // namespace

OtherDatabases::OtherDatabases(Node *tree, std::string_view statement, bool top_level)
    : tree_(tree), effects_(judge::shared_effects(tree))
{
    if (effects_.empty()) return;
    if (judge::cannot_run_here(judge::runs_outside_transaction(tree), top_level)) {
        effects_.clear();
        return;
    }
    request_ = request_about(tree, statement, core::WorkerTask::judge);
}

void OtherDatabases::ask(Asked whom)
{
    std::vector<Refusal> refusals;
    for (const auto &[place, asked] : questions_about(effects_, whom)) {
        const std::string name = name_of_database(place.second);
        if (name.empty() || is_ruin(place.second)) continue;
        put_effects(request_, place.second, asked);
        core::WorkerResult result = ask_one(request_, name, asked);
        if (result.status == "unguarded") continue;
        for (const judge::SharedEffect *const shared : asked) decided_.push_back(shared->effect.object);
        const auto lead = static_cast<std::size_t>(result.command);
        if (is_refusal(result)) {
            refusals.push_back({name, &asked[lead < asked.size() ? lead : 0]->effect, std::move(result)});
        } else if (result.status == "allowed") {
            core::WorkerRequest pass = request_;
            pass.task = core::WorkerTask::pass;
            pass.approval = result.approval;
            pass.command = result.command;
            passes_.push_back({std::move(pass), name});
        }
    }
    if (!refusals.empty()) refuse(std::move(refusals));
}

void OtherDatabases::pass()
{
    if (passes_.empty()) return;
    require_same(tree_, effects_);
    for (const Pass &one : passes_) run(one.request, one.database, effects_.front().effect);
    require_same(tree_, effects_);
}

void tell_other_databases(Node *tree, std::string_view statement, bool top_level)
{
    const std::vector<judge::SharedEffect> effects = judge::shared_effects(tree);
    if (effects.empty() || judge::cannot_run_here(judge::runs_outside_transaction(tree), top_level)) return;
    core::WorkerRequest request = request_about(tree, statement, core::WorkerTask::pass);
    for (const Asked whom : {Asked::subjects, Asked::others}) {
        for (const auto &[place, asked] : questions_about(effects, whom)) {
            if (is_ruin(place.second)) continue;
            put_effects(request, place.second, asked);
            const core::WorkerResult result = approval::run_in_worker(request);
            pg::call([] { CHECK_FOR_INTERRUPTS(); });
            if (result.failure.empty()) continue;
            const std::string line = "database \"" + name_of_database(place.second) + "\" could not be told of " + request.tag + ": " + result.failure;
            const char *const text = line.c_str();
            pg::call([text] { ereport(LOG, (errmsg_internal("langchef_guard: %s", text))); });
        }
    }
}

}  // namespace intercept
