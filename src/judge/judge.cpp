#include "judge/judge.hpp"

#include "catalog/reader.hpp"
#include "intercept/closure.hpp"
#include "intercept/describe.hpp"
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
        case T_AlterDomainStmt: return judge_alter_domain(as<AlterDomainStmt>(tree), effects);
        case T_TruncateStmt: return judge_truncate(as<TruncateStmt>(tree), effects);
        case T_DropOwnedStmt: return judge_drop_owned(as<DropOwnedStmt>(tree)->roles, false, effects);
        case T_ReassignOwnedStmt: return judge_drop_owned(as<ReassignOwnedStmt>(tree)->roles, true, effects);
        case T_DropRoleStmt: return judge_drop_role(as<DropRoleStmt>(tree), effects);
        case T_DropdbStmt: return judge_drop_database(as<DropdbStmt>(tree), effects);
        case T_DropTableSpaceStmt: return judge_drop_tablespace(as<DropTableSpaceStmt>(tree), effects);
        case T_DropUserMappingStmt: return judge_drop_user_mapping(as<DropUserMappingStmt>(tree), effects);
        case T_DropSubscriptionStmt: return judge_drop_subscription(as<DropSubscriptionStmt>(tree), effects);
        case T_CreateFunctionStmt: return judge_create_function(as<CreateFunctionStmt>(tree), effects);
        case T_AlterFunctionStmt: return judge_alter_function(as<AlterFunctionStmt>(tree), effects);
        case T_ViewStmt: return judge_view(as<ViewStmt>(tree), effects);
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

// Commands that PreventInTransactionBlock applies to.
bool runs_outside_transaction(Node *tree)
{
    switch (nodeTag(tree)) {
        case T_DropdbStmt:
        case T_DropTableSpaceStmt: return true;
        case T_DropStmt: return as<DropStmt>(tree)->concurrent;
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
    // What was named leads the message, what goes along follows.
    std::stable_partition(judgement.effects.begin(), judgement.effects.end(), [](const core::Effect &effect) { return !effect.collateral; });
    judgement.outside_transaction = runs_outside_transaction(parsetree);
    return judgement;
}

bool is_exempt(core::Address address)
{
    return intercept::is_temporary(address) || ledger::created_in_this_transaction(address);
}

std::vector<core::Address> add_collateral(const std::vector<core::Address> &originals, bool cascade, std::string_view rule,
                                          Effects &effects)
{
    std::vector<core::Address> parts;
    for (const auto &dropped : intercept::drop_closure(originals, cascade)) {
        if (!dropped.collateral) {
            parts.push_back(dropped.address);
        } else if (!is_exempt(dropped.address)) {
            core::Effect effect = intercept::effect_on(rule, "dropping", dropped.address);
            effect.collateral = true;
            if (!effect.identity.empty()) effects.push_back(std::move(effect));
        }
    }
    return parts;
}

}  // namespace judge
