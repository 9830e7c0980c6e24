#include "intercept/command_kind.hpp"

#include "intercept/utility_record.hpp"

namespace intercept {

bool concerns_schema(const Node *tree)
{
    switch (nodeTag(tree)) {
        case T_TransactionStmt:
        case T_PlannedStmt:
        case T_DeclareCursorStmt:
        case T_ClosePortalStmt:
        case T_FetchStmt:
        case T_PrepareStmt:
        case T_ExecuteStmt:
        case T_DeallocateStmt:
        case T_CallStmt:
        case T_DoStmt:
        case T_VacuumStmt:
        case T_ReindexStmt:
        case T_VariableSetStmt:
        case T_VariableShowStmt:
        case T_DiscardStmt:
        case T_ConstraintsSetStmt:
        case T_CheckPointStmt:
        case T_LockStmt:
        case T_NotifyStmt:
        case T_ListenStmt:
        case T_UnlistenStmt: return false;
        case T_CopyStmt:
        case T_LoadStmt: return is_worth_recording(tree);
        case T_ClusterStmt: return reinterpret_cast<const ClusterStmt *>(tree)->indexname != nullptr;
        case T_ExplainStmt: return created_by_explain(const_cast<Node *>(tree)) != nullptr;
        default: return true;
    }
}

bool is_irrevocable(const Node *tree)
{
    switch (nodeTag(tree)) {
        case T_CreatedbStmt:
        case T_DropdbStmt:
        case T_AlterDatabaseStmt:  // SET TABLESPACE
        case T_CreateTableSpaceStmt:
        case T_DropTableSpaceStmt:
        case T_AlterSystemStmt: return true;
        default: return false;
    }
}

bool needs_fresh_transaction(const Node *tree)
{
    return IsA(tree, DropStmt) && reinterpret_cast<const DropStmt *>(tree)->concurrent;
}

bool is_reset(const Node *tree)
{
    if (!IsA(tree, VariableSetStmt)) return false;
    const VariableSetKind kind = reinterpret_cast<const VariableSetStmt *>(tree)->kind;
    return kind == VAR_RESET || kind == VAR_RESET_ALL;
}

bool is_commit(const Node *tree)
{
    return IsA(tree, TransactionStmt) && reinterpret_cast<const TransactionStmt *>(tree)->kind == TRANS_STMT_COMMIT;
}

bool refused_when_reading(const Node *tree)
{
    switch (nodeTag(tree)) {
        case T_AlterSystemStmt:
        case T_CopyStmt:
        case T_LoadStmt:
        case T_ClusterStmt:
        case T_ExplainStmt: return false;
        default: return true;
    }
}

}  // namespace intercept
