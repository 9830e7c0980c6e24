#include "scratch/process.hpp"

#include "pg/call.hpp"

namespace scratch {
namespace {

constinit bool is_scratch = false;
constinit bool is_runner = false;

template <typename Stmt>
const Stmt *as(const Node *node)
{
    return reinterpret_cast<const Stmt *>(node);
}

// What all databases of the server share.
bool is_shared(ObjectType type)
{
    switch (type) {
        case OBJECT_DATABASE:
        case OBJECT_ROLE:
        case OBJECT_TABLESPACE:
        case OBJECT_PARAMETER_ACL: return true;
        default: return false;
    }
}

bool is_shared_catalog(Oid relation)
{
    return pg::call([relation] {
        const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
        if (!HeapTupleIsValid(tuple)) return false;
        const bool shared = reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple))->relisshared;
        ReleaseSysCache(tuple);
        return shared;
    });
}

bool option(const List *options, const char *name, bool absent)
{
    const ListCell *cell;
    foreach (cell, options) {
        auto *const item = static_cast<DefElem *>(lfirst(cell));
        if (std::strcmp(item->defname, name) == 0) return pg::call([item] { return defGetBoolean(item); });
    }
    return absent;
}

bool stays_inside(const Node *command)
{
    switch (nodeTag(command)) {
        case T_TransactionStmt: {
            const auto kind = as<TransactionStmt>(command)->kind;
            return kind != TRANS_STMT_PREPARE && kind != TRANS_STMT_COMMIT_PREPARED && kind != TRANS_STMT_ROLLBACK_PREPARED;
        }
        case T_GrantStmt: return !is_shared(as<GrantStmt>(command)->objtype);
        case T_RenameStmt: return !is_shared(as<RenameStmt>(command)->renameType);
        case T_AlterOwnerStmt: return !is_shared(as<AlterOwnerStmt>(command)->objectType);
        case T_CommentStmt: return !is_shared(as<CommentStmt>(command)->objtype);
        case T_SecLabelStmt: return !is_shared(as<SecLabelStmt>(command)->objtype);
        // Others connect to the publisher, or have a worker do so.
        case T_CreateSubscriptionStmt: return !option(as<CreateSubscriptionStmt>(command)->options, "connect", true);
        case T_AlterSubscriptionStmt: return as<AlterSubscriptionStmt>(command)->kind == ALTER_SUBSCRIPTION_CONNECTION;
        case T_AlterCollationStmt:
        case T_AlterDefaultPrivilegesStmt:
        case T_AlterDomainStmt:
        case T_AlterEnumStmt:
        case T_AlterEventTrigStmt:
        case T_AlterExtensionContentsStmt:
        case T_AlterExtensionStmt:
        case T_AlterFdwStmt:
        case T_AlterForeignServerStmt:
        case T_AlterFunctionStmt:
        case T_AlterObjectDependsStmt:
        case T_AlterObjectSchemaStmt:
        case T_AlterOperatorStmt:
        case T_AlterOpFamilyStmt:
        case T_AlterPolicyStmt:
        case T_AlterPublicationStmt:
        case T_AlterSeqStmt:
        case T_AlterStatsStmt:
        case T_AlterTableMoveAllStmt:
        case T_AlterTableStmt:
        case T_AlterTSConfigurationStmt:
        case T_AlterTSDictionaryStmt:
        case T_AlterTypeStmt:
        case T_AlterUserMappingStmt:
        case T_CallStmt:
        case T_ClosePortalStmt:
        case T_ClusterStmt:
        case T_CompositeTypeStmt:
        case T_ConstraintsSetStmt:
        case T_CreateAmStmt:
        case T_CreateCastStmt:
        case T_CreateConversionStmt:
        case T_CreateDomainStmt:
        case T_CreateEnumStmt:
        case T_CreateEventTrigStmt:
        case T_CreateExtensionStmt:
        case T_CreateFdwStmt:
        case T_CreateForeignServerStmt:
        case T_CreateForeignTableStmt:
        case T_CreateFunctionStmt:
        case T_CreateOpClassStmt:
        case T_CreateOpFamilyStmt:
        case T_CreatePLangStmt:
        case T_CreatePolicyStmt:
        case T_CreatePublicationStmt:
        case T_CreateRangeStmt:
        case T_CreateSchemaStmt:
        case T_CreateSeqStmt:
        case T_CreateStatsStmt:
        case T_CreateStmt:
        case T_CreateTableAsStmt:
        case T_CreateTransformStmt:
        case T_CreateTrigStmt:
        case T_CreateUserMappingStmt:
        case T_DeallocateStmt:
        case T_DeclareCursorStmt:
        case T_DefineStmt:
        case T_DiscardStmt:
        case T_DoStmt:
        case T_DropStmt:
        case T_DropUserMappingStmt:
        case T_ExecuteStmt:
        case T_ExplainStmt:
        case T_FetchStmt:
        case T_ImportForeignSchemaStmt:
        case T_IndexStmt:
        case T_LoadStmt:
        case T_LockStmt:
        case T_NotifyStmt:
        case T_PrepareStmt:
        case T_RefreshMatViewStmt:
        case T_ReindexStmt:
        case T_RuleStmt:
        case T_TruncateStmt:
        case T_VacuumStmt:
        case T_VariableSetStmt:
        case T_VariableShowStmt:
        case T_ViewStmt: return true;
        // Roles, databases, tablespaces, ALTER SYSTEM, DROP OWNED and REASSIGN OWNED (of databases, too), COPY,
        // CHECKPOINT, and what a later version brings.
        default: return false;
    }
}

[[noreturn]] void refuse(std::string_view what)
{
    throw pg::GuardError(ERRCODE_FEATURE_NOT_SUPPORTED, std::string(what) + " reaches beyond the database",
                         "DDL text is run in a scratch database, which is dropped afterwards; it must leave the rest of the server as it is.",
                         "Take it out of the text.  Roles and tablespaces must be there already; settings and privileges of the database itself "
                         "are taken from this one.");
}

}  // namespace

bool in_scratch() { return is_scratch; }

void enter(Work work)
{
    is_scratch = true;
    is_runner = work == Work::runs_text;
}

void require_inside(const Node *command)
{
    if (!is_runner || stays_inside(command)) return;
    auto *const node = const_cast<Node *>(command);
    const char *const tag = pg::call([node]() -> const char * { return GetCommandTagName(CreateCommandTag(node)); });
    refuse(tag);
}

void require_inside(const QueryDesc *query)
{
    if (!is_runner) return;
    const PlannedStmt *const plan = query->plannedstmt;
    const ListCell *cell;
    foreach (cell, plan->resultRelations) {
        if (is_shared_catalog(rt_fetch(lfirst_int(cell), plan->rtable)->relid)) refuse("writing to a catalog that all databases share");
    }
}

}  // namespace scratch
