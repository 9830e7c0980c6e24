#include "judge/judge.hpp"

#include "core/shown.hpp"
#include "intercept/describe.hpp"
#include "intercept/inheritance.hpp"
#include "intercept/measure.hpp"
#include "intercept/resolve.hpp"
#include "judge/shared_objects.hpp"
#include "ledger/record.hpp"

namespace judge {
namespace {

template <typename Stmt>
const Stmt *as(Node *node)
{
    return reinterpret_cast<const Stmt *>(node);
}

void add_effects_of_kind(Node *tree, Effects &effects)
{
    switch (nodeTag(tree)) {
        case T_DropStmt: return judge_drop(as<DropStmt>(tree), effects);
        case T_AlterTableStmt: return judge_alter_table(as<AlterTableStmt>(tree), effects);
        case T_AlterEventTrigStmt: return judge_alter_event_trigger(as<AlterEventTrigStmt>(tree), effects);
        case T_AlterDomainStmt: return judge_alter_domain(as<AlterDomainStmt>(tree), effects);
        case T_TruncateStmt: return judge_truncate(as<TruncateStmt>(tree), effects);
        case T_DropOwnedStmt: return judge_drop_owned(as<DropOwnedStmt>(tree)->roles, nullptr, effects);
        case T_ReassignOwnedStmt: return judge_drop_owned(as<ReassignOwnedStmt>(tree)->roles, as<ReassignOwnedStmt>(tree)->newrole, effects);
        case T_DropRoleStmt: return judge_drop_role(as<DropRoleStmt>(tree), effects);
        case T_DropTableSpaceStmt: return judge_drop_tablespace(as<DropTableSpaceStmt>(tree), effects);
        case T_DropUserMappingStmt: return judge_drop_user_mapping(as<DropUserMappingStmt>(tree), effects);
        case T_DropSubscriptionStmt: return judge_drop_subscription(as<DropSubscriptionStmt>(tree), effects);
        case T_CreateFunctionStmt: return judge_create_function(as<CreateFunctionStmt>(tree), effects);
        case T_AlterFunctionStmt: return judge_alter_function(as<AlterFunctionStmt>(tree), effects);
        case T_ViewStmt: return judge_view(as<ViewStmt>(tree), effects);
        case T_RefreshMatViewStmt: return judge_refresh(as<RefreshMatViewStmt>(tree), effects);
        case T_AlterPolicyStmt: return judge_alter_policy(as<AlterPolicyStmt>(tree), effects);
        case T_CreateTrigStmt: return judge_create_trigger(as<CreateTrigStmt>(tree), effects);
        case T_RuleStmt: return judge_rule(as<RuleStmt>(tree), effects);
        case T_DefineStmt: return judge_define(as<DefineStmt>(tree), effects);
        default: return;
    }
}

void add_effects(Node *tree, Effects &effects)
{
    judge_own_objects(tree, effects);
    if (!effects.empty()) return;
    add_effects_of_kind(tree, effects);
    for (SharedEffect &shared : shared_effects(tree)) {
        // Another database that is not guarded itself is not dropped from here without leave.
        if (shared.effect.rule == "D06" || matters_here(shared.concern, shared.subject)) effects.push_back(std::move(shared.effect));
    }
    judge_own_dependents(tree, effects);
}

bool drops_concurrently(const AlterTableStmt *statement)
{
    const ListCell *cell;
    foreach (cell, statement->cmds) {
        const auto *const command = as<AlterTableCmd>(static_cast<Node *>(lfirst(cell)));
        if (command->subtype == AT_DetachPartition && as<PartitionCmd>(command->def)->concurrent) return true;
    }
    return false;
}

// A subscription with a slot drops it on the other server before it commits here.
bool has_slot(const DropSubscriptionStmt *statement)
{
    return pg::call([statement] {
        const HeapTuple tuple = SearchSysCache2(SUBSCRIPTIONNAME, ObjectIdGetDatum(MyDatabaseId), CStringGetDatum(statement->subname));
        if (!HeapTupleIsValid(tuple)) return false;
        bool null = false;
        SysCacheGetAttr(SUBSCRIPTIONNAME, tuple, Anum_pg_subscription_subslotname, &null);
        ReleaseSysCache(tuple);
        return !null;
    });
}

bool moves_database(const AlterDatabaseStmt *statement)
{
    const ListCell *cell;
    foreach (cell, statement->options) {
        if (std::strcmp(static_cast<const DefElem *>(lfirst(cell))->defname, "tablespace") == 0) return true;
    }
    return false;
}

}  // namespace

bool runs_outside_transaction(Node *tree)
{
    switch (nodeTag(tree)) {
        case T_DropdbStmt:
        case T_DropTableSpaceStmt:
        case T_AlterSystemStmt: return true;
        case T_AlterDatabaseStmt: return moves_database(as<AlterDatabaseStmt>(tree));
        case T_DropStmt: return as<DropStmt>(tree)->concurrent;
        case T_DropSubscriptionStmt: return has_slot(as<DropSubscriptionStmt>(tree));
        case T_AlterTableStmt: return drops_concurrently(as<AlterTableStmt>(tree));
        default: return false;
    }
}

bool cannot_run_here(bool outside_transaction, bool top_level)
{
    return outside_transaction && pg::call([top_level] { return IsInTransactionBlock(top_level); });
}

namespace {

bool seem_empty(const Effects &effects)
{
    return std::all_of(effects.begin(), effects.end(), [](const core::Effect &effect) { return effect.seems_empty; });
}

std::vector<core::Address> locks_of(Node *tree)
{
    std::vector<core::Address> locks;
    switch (nodeTag(tree)) {
        case T_AlterTableStmt: return locks_of_alter_table(as<AlterTableStmt>(tree));
        case T_DropStmt: return locks_of_drop(as<DropStmt>(tree));
        case T_TruncateStmt:
            for (const Oid table : truncated_tables(as<TruncateStmt>(tree))) locks.push_back(intercept::address_of(RelationRelationId, table));
            return locks;
        default: return locks;
    }
}

void lock(core::Address address)
{
    pg::call([address] {
        if (address.classid == RelationRelationId) {
            LockRelationOid(address.objid, AccessExclusiveLock);
        } else {
            LockDatabaseObject(address.classid, address.objid, 0, AccessExclusiveLock);
        }
    });
}

void unlock(core::Address address)
{
    pg::call([address] {
        if (address.classid == RelationRelationId) {
            UnlockRelationOid(address.objid, AccessExclusiveLock);
        } else {
            UnlockDatabaseObject(address.classid, address.objid, 0, AccessExclusiveLock);
        }
    });
}

// The look again, now that nothing can appear any more.  Locks are taken until
// the names, and what is below and behind them, mean what is locked.  They are
// kept when there is nothing to lose, else given back before anybody is asked.
bool prove_empty(Node *tree, Effects &effects)
{
    std::vector<core::Address> held;
    std::set<core::Address> locked;
    for (bool complete = false; !complete;) {
        const auto wanted = locks_of(tree);
        // The server refuses to touch its own catalogs: they are not locked for that.
        const bool of_server = std::any_of(wanted.begin(), wanted.end(), [](core::Address a) { return a.objid < FirstNormalObjectId; });
        complete = true;
        for (const auto &address : wanted) {
            if (of_server || !locked.insert(address).second) continue;
            lock(address);
            held.push_back(address);
            complete = false;
        }
        if (of_server && held.empty()) return false;
    }
    effects = {};
    const intercept::Look look;
    add_effects(tree, effects);
    const auto wanted = locks_of(tree);
    const bool all_locked = std::all_of(wanted.begin(), wanted.end(), [&locked](const auto &address) { return locked.count(address) > 0; });
    if (all_locked && seem_empty(effects)) return true;
    for (auto address = held.rbegin(); address != held.rend(); ++address) unlock(*address);
    return false;
}

// A name may stand twice in a statement.
void remove_duplicates(Effects &effects)
{
    std::set<std::tuple<std::string, core::Address, std::string>> seen;
    const auto again = [&seen](const core::Effect &effect) { return !seen.emplace(effect.rule, effect.object, effect.phrase + effect.detail).second; };
    effects.erase(std::remove_if(effects.begin(), effects.end(), again), effects.end());
}

}  // namespace

core::Judgement judge(Node *parsetree)
{
    core::Judgement judgement;
    judgement.tag = pg::text_of(pg::call([parsetree] { return GetCommandTagName(CreateCommandTag(parsetree)); }));
    judgement.outside_transaction = runs_outside_transaction(parsetree);
    Effects effects;
    {
        const intercept::Look look;
        add_effects(parsetree, effects);
    }
    const bool provable = !effects.empty() && seem_empty(effects) && !judgement.outside_transaction;
    if (provable && prove_empty(parsetree, effects)) effects.clear();
    remove_duplicates(effects);
    judgement.foreseen = std::move(effects.foreseen);
    std::sort(judgement.foreseen.begin(), judgement.foreseen.end());
    judgement.effects = std::move(effects);
    for (core::Effect &effect : judgement.effects) {
        effect.phrase = core::shown(effect.phrase);
        effect.loss = core::shown(effect.loss);
    }
    if (IsA(parsetree, AlterTableStmt)) {
        judgement.target = intercept::address_of(RelationRelationId, intercept::resolve_relation(as<AlterTableStmt>(parsetree)->relation));
    }
    // What was named leads the message, what goes along follows, rows before what holds none.
    const auto place = [](const core::Effect &effect) { return !effect.collateral ? 0 : effect.rows > 0 ? 1 : 2; };
    std::stable_sort(judgement.effects.begin(), judgement.effects.end(),
                     [place](const core::Effect &a, const core::Effect &b) { return place(a) < place(b); });
    return judgement;
}

bool is_exempt(core::Address address)
{
    return intercept::is_temporary(address) || ledger::created_in_this_transaction(address);
}

bool is_exempt_with_children(Oid relation, AttrNumber column, bool with_children)
{
    const char *const name = column > 0 ? pg::call([=]() -> const char * { return get_attname(relation, column, true); }) : nullptr;
    for (const Oid member : intercept::members_of(relation, with_children)) {
        const AttrNumber own =
            member == relation || name == nullptr ? column : pg::call([=] { return get_attnum(member, name); });
        if (!is_exempt(intercept::address_of(RelationRelationId, member, own))) return false;
    }
    return true;
}

core::Address parent_of(core::Address address)
{
    if (address.classid != RelationRelationId || address.objsubid != 0) return {};
    const Oid parent = pg::call([address] { return get_rel_relispartition(address.objid) ? get_partition_parent(address.objid, true) : InvalidOid; });
    return OidIsValid(parent) ? intercept::address_of(RelationRelationId, parent) : core::Address{};
}

std::string children_text(Oid relation, bool with_children)
{
    std::string text;
    for (const Oid member : intercept::members_of(relation, with_children)) {
        if (member != relation && !is_exempt(intercept::address_of(RelationRelationId, member))) text += ' ' + std::to_string(member);
    }
    return text;
}

std::string parts_text(const std::vector<core::Address> &parts)
{
    std::set<core::Address> old;
    for (const auto &part : parts) {
        const bool counts = part.objsubid == 0 && (part.classid == RelationRelationId || part.classid == ConstraintRelationId ||
                                                   part.classid == StatisticExtRelationId);
        if (counts && !is_exempt(part)) old.insert(part);
    }
    std::string text;
    for (const auto &part : old) text += ' ' + std::to_string(part.classid) + '.' + std::to_string(part.objid);
    return text;
}

}  // namespace judge
