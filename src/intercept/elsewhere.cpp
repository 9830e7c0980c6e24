#include "intercept/elsewhere.hpp"

#include "approval/worker_client.hpp"
#include "core/redact.hpp"
#include "core/rules.hpp"
#include "intercept/describe.hpp"
#include "judge/judge.hpp"
#include "judge/shared_objects.hpp"
#include "settings.hpp"

namespace intercept {
namespace {

std::string name_of_database(Oid database)
{
    return pg::text_of(pg::call([database]() -> const char * { return get_database_name(database); }));
}

core::WorkerRequest request_for(const judge::SharedEffect &shared, const std::string &tag, const std::string &statement)
{
    core::WorkerRequest request;
    approval::put_requester(request);
    request.task = core::WorkerTask::judge;
    request.tokens = settings::approval_token();
    request.tag = tag;
    request.statement = statement;
    request.rule = shared.effect.rule;
    request.object_type = shared.effect.object_type;
    request.identity = shared.effect.identity;
    request.phrase = shared.effect.phrase;
    request.detail = shared.effect.detail;
    request.classid = shared.effect.object.classid;
    request.objid = shared.effect.object.objid;
    request.concern = static_cast<std::uint32_t>(shared.concern);
    request.subject = shared.subject;
    return request;
}

std::string detail_of(const core::Effect &effect, const std::string &database, const std::string &objection)
{
    std::string detail = "Rule " + effect.rule + " (" + std::string(core::name_of(core::find_rule(effect.rule)->rule_class)) + ") of guarded database \"" + database + "\".";
    if (!objection.empty()) detail += "  " + objection;
    return detail;
}

[[noreturn]] void refuse(const core::Effect &effect, const std::string &database, const core::WorkerResult &result)
{
    const std::string detail = detail_of(effect, database, result.objection);
    if (result.status == "denied") throw pg::GuardError(pg::sqlstate::denied, effect.phrase + " is denied by policy", detail, "See langchef_guard.policy there.");
    const std::string number = std::to_string(result.proposal);
    const std::string hint = result.status == "approved"
                                 ? "Proposal " + number + " there is approved: set langchef_guard.approval_token to its token and run the command again."
                                 : "Proposal " + number + " was filed there.  A DBA can run langchef_guard.approve(" + number + ") in that database and give you a token; set langchef_guard.approval_token to it and run the command again.";
    throw pg::GuardError(pg::sqlstate::approval_required, effect.phrase + " is not approved", detail, hint);
}

// Whether the database is guarded.
bool ask(Oid database, const judge::SharedEffect &shared, core::WorkerRequest &request)
{
    const std::string name = name_of_database(database);
    if (name.empty()) return false;
    request.database = database;
    const core::WorkerResult result = approval::run_in_worker(request);
    pg::call([] { CHECK_FOR_INTERRUPTS(); });
    if (!result.failure.empty()) {
        throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "could not ask database \"" + name + "\" about " + shared.effect.phrase,
                             "The database may be guarded by langchef_guard, but " + result.failure + '.',
                             "Check \"max_worker_processes\" and \"langchef_guard.proposal_timeout\", then run the command again.");
    }
    if (result.status == "unguarded") return false;
    if (result.status != "allowed" && result.status != "unconcerned") refuse(shared.effect, name, result);
    return true;
}

bool is_invalid(Oid database)
{
    return pg::call([database] {
        const HeapTuple tuple = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(database));
        if (!HeapTupleIsValid(tuple)) return true;
        const bool invalid = reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple))->datconnlimit == pg::compat::invalid_database;
        ReleaseSysCache(tuple);
        return invalid;
    });
}

}  // namespace

std::vector<core::Address> pass_other_databases(Node *tree, std::string_view statement, bool top_level)
{
    std::vector<core::Address> decided;
    const std::vector<judge::SharedEffect> effects = judge::shared_effects(tree);
    if (effects.empty()) return decided;
    // The server will refuse it: nobody is asked, and nothing is spent.
    if (judge::runs_outside_transaction(tree) && pg::call([top_level] { return IsInTransactionBlock(top_level); })) return decided;
    const std::string tag = pg::text_of(pg::call([tree] { return GetCommandTagName(CreateCommandTag(tree)); }));
    const std::string redacted = core::redact(statement);
    for (const judge::SharedEffect &shared : effects) {
        core::WorkerRequest request = request_for(shared, tag, redacted);
        for (const Oid database : judge::other_databases(shared.concern, shared.subject)) {
            if (is_invalid(database) || !ask(database, shared, request)) continue;
            decided.push_back(shared.effect.object);
            if (shared.concern == judge::Concern::server) break;
        }
    }
    return decided;
}

}  // namespace intercept
