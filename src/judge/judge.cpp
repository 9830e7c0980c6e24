#include "judge/judge.hpp"

#include "catalog/reader.hpp"
#include "intercept/closure.hpp"
#include "intercept/describe.hpp"
#include "intercept/measure.hpp"
#include "ledger/record.hpp"

namespace judge {
namespace {

template <typename Stmt>
const Stmt *as(Node *node)
{
    return reinterpret_cast<const Stmt *>(node);
}

void add_effects(Node *tree, Effects &effects)
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
        case T_DropdbStmt: return judge_drop_database(as<DropdbStmt>(tree), effects);
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

// Commands that PreventInTransactionBlock applies to.
bool runs_outside_transaction(Node *tree)
{
    switch (nodeTag(tree)) {
        case T_DropdbStmt:
        case T_DropTableSpaceStmt: return true;
        case T_DropStmt: return as<DropStmt>(tree)->concurrent;
        case T_DropSubscriptionStmt: return has_slot(as<DropSubscriptionStmt>(tree));
        case T_AlterTableStmt: return drops_concurrently(as<AlterTableStmt>(tree));
        default: return false;
    }
}

}  // namespace

core::Judgement judge(Node *parsetree)
{
    core::Judgement judgement;
    judgement.tag = pg::text_of(pg::call([parsetree] { return GetCommandTagName(CreateCommandTag(parsetree)); }));
    add_effects(parsetree, judgement.effects);
    // What was named leads the message, what goes along follows, rows before what holds none.
    const auto place = [](const core::Effect &effect) { return !effect.collateral ? 0 : effect.rows > 0 ? 1 : 2; };
    std::stable_sort(judgement.effects.begin(), judgement.effects.end(),
                     [place](const core::Effect &a, const core::Effect &b) { return place(a) < place(b); });
    judgement.outside_transaction = runs_outside_transaction(parsetree);
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
        if (member != relation) text += ' ' + std::to_string(member);
    }
    return text;
}

namespace {

// Parts that hold something of their own.  A sequence goes with its column
// like a default, unless the column is new and the sequence is not.
bool holds_data(core::Address address, bool named_are_new)
{
    if (address.classid != RelationRelationId || address.objsubid != 0) return false;
    const char kind = pg::call([address] { return get_rel_relkind(address.objid); });
    return kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE || kind == RELKIND_MATVIEW || kind == RELKIND_FOREIGN_TABLE ||
           (kind == RELKIND_SEQUENCE && named_are_new);
}

// A cascade over thousands of tables is not counted through.
constexpr std::size_t most_counted = 20;

void add_rows(core::Effect &effect)
{
    const intercept::Count rows = intercept::count_rows(effect.object.objid, false);
    effect.rows = rows.rows;
    effect.loss = rows.text("row");
    if (!effect.loss.empty()) effect.loss += " would be lost";
}

}  // namespace

std::vector<core::Address> add_collateral(const std::vector<core::Address> &originals, bool cascade, std::string_view rule,
                                          Effects &effects)
{
    using intercept::Reach;
    std::vector<core::Address> parts;
    const bool named_are_new = std::all_of(originals.begin(), originals.end(), is_exempt);
    const auto closure = intercept::drop_closure(originals, cascade);
    std::set<core::Address> whole(originals.begin(), originals.end());
    for (const auto &dropped : closure) whole.insert(dropped.address);
    // A default or constraint goes without saying when its table goes.
    const auto said_with_container = [&whole](core::Address address) {
        const core::Address container = catalog::containing_object(address);
        return container != address && whole.count(container) > 0;
    };
    for (const auto &dropped : closure) {
        if (dropped.reach == Reach::part) parts.push_back(dropped.address);
        const bool concerns = dropped.reach == Reach::cascade || holds_data(dropped.address, named_are_new && dropped.reach == Reach::part);
        if (!concerns || is_exempt(dropped.address) || said_with_container(dropped.address)) continue;
        core::Effect effect = intercept::effect_on(rule, "dropping", dropped.address);
        if (effect.identity.empty()) continue;
        effect.collateral = true;
        const core::Address parent = parent_of(dropped.address);
        if (whole.count(parent) == 0) effect.parent = parent;
        if (effects.size() < most_counted && holds_data(dropped.address, false)) add_rows(effect);
        effects.push_back(std::move(effect));
    }
    return parts;
}

}  // namespace judge
