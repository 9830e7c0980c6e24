#include "catalog/inheritance.hpp"
#include "catalog/scan.hpp"
#include "intercept/describe.hpp"
#include "judge/alter_table.hpp"

namespace judge {
namespace {

using intercept::address_of;

// Which triggers a command is about, and when they would fire less often.
struct Wanted {
    const char *name;     // null: all
    bool user_only;       // without those of constraints
    bool for_replica;     // ENABLE REPLICA, else DISABLE
    bool with_children;
};

// From now on it fires in fewer sessions than before.
bool loses(char enabled, bool for_replica)
{
    return for_replica ? enabled == TRIGGER_FIRES_ON_ORIGIN || enabled == TRIGGER_FIRES_ALWAYS : enabled != TRIGGER_DISABLED;
}

// As the server finds them: in partitions by the parent's trigger.  Inside pg::call only.
void gather_triggers(Oid relation, Oid parent, const Wanted &wanted, List **found)
{
    List *cloned = NIL;
    catalog::scan(TriggerRelationId, TriggerRelidNameIndexId, catalog::key_oid(Anum_pg_trigger_tgrelid, relation),
                  [&](HeapTuple tuple, TupleDesc) {
                      const auto *const row = catalog::form_of<FormData_pg_trigger>(tuple);
                      const bool meant = OidIsValid(parent)        ? row->tgparentid == parent :
                                         wanted.name != nullptr ? strcmp(NameStr(row->tgname), wanted.name) == 0 :
                                                                  true;
                      if (!meant || (row->tgisinternal && wanted.user_only)) return;
                      if (loses(row->tgenabled, wanted.for_replica)) *found = lappend_oid(*found, row->oid);
                      if (TRIGGER_FOR_ROW(row->tgtype)) cloned = lappend_oid(cloned, row->oid);
                  });
    if (!wanted.with_children || cloned == NIL || get_rel_relkind(relation) != RELKIND_PARTITIONED_TABLE) return;
    List *const partitions = catalog::children_of(relation);
    const ListCell *trigger;
    foreach (trigger, cloned) {
        const ListCell *partition;
        foreach (partition, partitions) gather_triggers(lfirst_oid(partition), lfirst_oid(trigger), wanted, found);
    }
}

}  // namespace

void judge_disable_trigger(const Target &target, const AlterTableCmd *command, Effects &effects)
{
    const bool all = command->subtype == AT_DisableTrigAll;
    const bool user = command->subtype == AT_DisableTrigUser;
    const char *const name = all || user ? nullptr : command->name;
    const Oid relation = target.relation;
    const bool with_children = target.with_children;
    const bool for_replica = command->subtype == AT_EnableReplicaTrig;
    struct Found {
        const Oid *oids;
        int count;
    };
    const auto found = pg::call([=] {
        // Triggers of constraints are the superuser's only; for others the server refuses ALL on a table that has them.
        const Wanted wanted{name, user || !superuser(), for_replica, with_children};
        List *list = NIL;
        gather_triggers(relation, InvalidOid, wanted, &list);
        list_sort(list, list_oid_cmp);
        list_deduplicate_oid(list);
        auto *const oids = static_cast<Oid *>(palloc(sizeof(Oid) * static_cast<Size>(list_length(list) + 1)));
        for (int i = 0; i < list_length(list); ++i) oids[i] = list_nth_oid(list, i);
        return Found{oids, list_length(list)};
    });
    std::string old;
    for (int i = 0; i < found.count; ++i) {
        if (!is_exempt(address_of(TriggerRelationId, found.oids[i]))) old += ' ' + std::to_string(found.oids[i]);
    }
    if (old.empty()) return;
    // The triggers count, not what they are called.
    const std::string what = all ? "all triggers" : user ? "user triggers" : "trigger";
    const std::string label = name != nullptr ? " \"" + std::string(name) + '"' : "";
    add_table_effect(target, "D19", "disabling " + what + label + " of", "disabling " + what + old, effects);
}

void judge_disable_rule(const Target &target, const AlterTableCmd *command, Effects &effects)
{
    const Oid relation = target.relation;
    const bool for_replica = command->subtype == AT_EnableReplicaRule;
    const Oid rule = pg::call([=] {
        const HeapTuple tuple = SearchSysCache2(RULERELNAME, ObjectIdGetDatum(relation), PointerGetDatum(command->name));
        if (!HeapTupleIsValid(tuple)) return InvalidOid;
        const auto *const row = catalog::form_of<FormData_pg_rewrite>(tuple);
        const Oid found = loses(row->ev_enabled, for_replica) ? row->oid : InvalidOid;
        ReleaseSysCache(tuple);
        return found;
    });
    if (!OidIsValid(rule) || is_exempt(address_of(RewriteRelationId, rule))) return;
    add_table_effect(target, "D19", "disabling rule \"" + std::string(command->name) + "\" of", "disabling rule " + std::to_string(rule),
                     effects);
}

}  // namespace judge
