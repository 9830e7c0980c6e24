#include "intercept/replicated_truncate.hpp"

#include "approval/approval.hpp"
#include "guard/installation.hpp"
#include "guard/own_objects.hpp"
#include "intercept/command.hpp"
#include "intercept/describe.hpp"
#include "intercept/gate.hpp"
#include "ledger/record.hpp"
#include "pg/attempt.hpp"
#include "pg/entry.hpp"
#include "settings.hpp"

namespace intercept {
namespace {

// Relations whose catalog rows this transaction changed; the server may tell in the middle of anything, so that
// nothing is allocated.  Applying rows changes none, so that few are enough.
constexpr int most = 8192;
constinit std::array<Oid, most> changed{};
constinit int changed_count = 0;
constinit bool too_many = false;

extern "C" void lcg_relation_changed(Datum, Oid relation)
{
    // Other sessions' changes are told as well; TRUNCATE holds its lock until the end.
    if (!IsLogicalWorker() || !OidIsValid(relation) || !pg::compat::locked_by_me(relation, AccessExclusiveLock)) return;
    for (int i = 0; i < changed_count; ++i) {
        if (changed[static_cast<std::size_t>(i)] == relation) return;
    }
    if (changed_count == most) {
        too_many = true;
        return;
    }
    changed[static_cast<std::size_t>(changed_count++)] = relation;
}

bool is_emptied_table(Oid oid)
{
    return pg::call([oid] {
        const Relation relation = RelationIdGetRelation(oid);
        if (!RelationIsValid(relation)) return false;
        const bool emptied = relation->rd_rel->relkind == RELKIND_RELATION && !OidIsValid(relation->rd_rel->relrewrite) &&
                             pg::compat::has_new_file(relation);
        RelationClose(relation);
        return emptied;
    });
}

core::Effect effect_on_table(Oid table)
{
    core::Effect effect = effect_on("D28", "truncating", address_of(RelationRelationId, table));
    effect.phrase += " by logical replication";
    return effect;
}

void record(Oid table)
{
    const core::Address address = address_of(RelationRelationId, table);
    auto command = std::make_unique<CurrentCommand>();
    command->rules = {"D28"};
    command->rule_class = "destructive";
    const std::uint64_t number = push_command(std::move(command), CurTransactionContext);
    ledger::record_utility("TRUNCATE TABLE", "truncate", object_type_of(address), identity_of(address), address);
    pop_command(number);
}

// A full disk or a locked ledger must not stop replication: then the log is the record.
void record_or_log(Oid table)
{
    const ErrorData *const failed = pg::attempt([table] { pg::guarded([table] { record(table); }); });
    const std::string name = identity_of(address_of(RelationRelationId, table));
    const char *const text = name.c_str();
    pg::call([failed, text] {
        if (failed == nullptr) {
            ereport(LOG, (errmsg_internal("langchef_guard: logical replication truncated table \"%s\"", text)));
        } else {
            ereport(LOG, (errcode(failed->sqlerrcode),
                          errmsg_internal("langchef_guard: logical replication truncated table \"%s\", which is not in the ledger", text),
                          errdetail_internal("Recording it failed: %s", failed->message)));
        }
    });
}

void file_denial(const core::Effect &effect)
{
    core::Judgement judgement;
    judgement.tag = "TRUNCATE TABLE";
    judgement.effects.push_back(effect);
    approval::file_denial(judgement);
}

void look_at(Oid table)
{
    if (!is_emptied_table(table)) return;
    const core::Effect effect = effect_on_table(table);
    if (guard::is_own_relation(table)) {
        file_denial(effect);
        throw pg::GuardError(pg::sqlstate::guard_protected, effect.phrase + " is not allowed: langchef_guard protects itself", {},
                             "Leave schema \"langchef_guard\" out of the publication, or skip the transaction.");
    }
    const bool enforcing = settings::mode() == settings::Mode::enforce;
    if (enforcing && actions_on({effect}).front() >= core::Action::approve) {
        file_denial(effect);
        throw pg::GuardError(pg::sqlstate::denied, effect.phrase + " is denied by policy", "Rule D28 (destructive).",
                             "Change langchef_guard.policy, or skip the transaction: replication waits until then.");
    }
    record_or_log(table);
}

void look_at_changed()
{
    if (settings::mode() == settings::Mode::off || !guard::installation().has_value()) return;
    pg::call([] { PushActiveSnapshot(GetTransactionSnapshot()); });
    for (int i = 0; i < changed_count; ++i) look_at(changed[static_cast<std::size_t>(i)]);
    if (too_many) pg::call([] { ereport(LOG, (errmsg_internal("langchef_guard: a replicated transaction changed more relations than can be looked at"))); });
    pg::call([] { PopActiveSnapshot(); });
}

extern "C" void lcg_before_replicated_commit(XactEvent event, void *)
{
    if (!IsLogicalWorker()) return;
    if (changed_count > 0 && (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE)) {
        pg::guarded([] {
            pg::debug_point("replicated_commit");
            look_at_changed();
        });
    }
    // What the ledger's own rows changed is of no concern.
    changed_count = 0;
    too_many = false;
}

}  // namespace

void watch_replicated_truncates()
{
    CacheRegisterRelcacheCallback(lcg_relation_changed, static_cast<Datum>(0));
    RegisterXactCallback(lcg_before_replicated_commit, nullptr);
}

}  // namespace intercept
