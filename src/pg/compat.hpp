#pragma once
// Every difference between server versions.  Included by prelude.hpp only.

extern "C" {
#if PG_VERSION_NUM >= 160000
#include "nodes/miscnodes.h"
#include "utils/guc_hooks.h"
#include "varatt.h"
#endif
}

namespace pg::compat {

// InitMaterializedSRF was SetSingleFuncCall in 15.0; both names exist in later minors of 15.
// Of a scalar type when the function returns a set of one.
inline void init_materialized_srf(FunctionCallInfo fcinfo, bool scalar)
{
    InitMaterializedSRF(fcinfo, scalar ? MAT_SRF_USE_EXPECTED_DESC : 0);
}

// Statistics target of a pg_attribute row, -1 for the default.  Nullable and out of the fixed part since 17.
inline int statistics_target(HeapTuple attribute, [[maybe_unused]] TupleDesc descriptor)
{
#if PG_VERSION_NUM >= 170000
    bool null = false;
    const Datum target = heap_getattr(attribute, Anum_pg_attribute_attstattarget, descriptor, &null);
    return null ? -1 : DatumGetInt16(target);
#else
    return reinterpret_cast<const FormData_pg_attribute *>(GETSTRUCT(attribute))->attstattarget;
#endif
}

// NOT ENFORCED came with 18.
inline bool constraint_enforced([[maybe_unused]] const FormData_pg_constraint *constraint)
{
#if PG_VERSION_NUM >= 180000
    return constraint->conenforced;
#else
    return true;
#endif
}

// Number of the current transaction in this backend; every one has it, whether or not it writes.
inline LocalTransactionId local_transaction()
{
#if PG_VERSION_NUM >= 170000
    return MyProc->vxid.lxid;
#else
    return MyProc->lxid;
#endif
}

// Temporal keys came with 18.
inline bool constraint_period([[maybe_unused]] const FormData_pg_constraint *constraint)
{
#if PG_VERSION_NUM >= 180000
    return constraint->conperiod;
#else
    return false;
#endif
}

// For writing one's own rows, where no row is ever rechecked.
inline void eval_plan_qual_init(EPQState *recheck, EState *state)
{
#if PG_VERSION_NUM >= 160000
    EvalPlanQualInit(recheck, state, nullptr, NIL, -1, NIL);
#else
    EvalPlanQualInit(recheck, state, nullptr, NIL, -1);
#endif
}

// Memory that the server frees as the "extra" of a setting; null when there is none.
inline void *guc_allocate(std::size_t size)
{
#if PG_VERSION_NUM >= 160000
    return guc_malloc(LOG, size);
#else
    return malloc(size);
#endif
}

// The type is InvalidOid when there is none of the name.
inline void parse_type_missing_ok(const char *name, Oid *type, int32 *typmod)
{
#if PG_VERSION_NUM >= 160000
    ErrorSaveContext soft{};
    soft.type = T_ErrorSaveContext;
    if (!parseTypeString(name, type, typmod, reinterpret_cast<Node *>(&soft))) *type = InvalidOid;
#else
    parseTypeString(name, type, typmod, true);
#endif
}

// ALTER COLUMN ... SET EXPRESSION came with 17.
inline bool sets_expression([[maybe_unused]] const AlterTableCmd *command)
{
#if PG_VERSION_NUM >= 170000
    return command->subtype == AT_SetExpression;
#else
    return false;
#endif
}

// The setting that switches event triggers off came with 17.
inline bool event_triggers_fire()
{
#if PG_VERSION_NUM >= 170000
    return event_triggers;
#else
    return true;
#endif
}

// Whether the role may call the function.
inline bool may_execute(Oid function, Oid role)
{
#if PG_VERSION_NUM >= 160000
    return object_aclcheck(ProcedureRelationId, function, role, ACL_EXECUTE) == ACLCHECK_OK;
#else
    return pg_proc_aclcheck(function, role, ACL_EXECUTE) == ACLCHECK_OK;
#endif
}

// Whether the current transaction gave an older relation another file.
inline bool has_new_file(Relation relation)
{
#if PG_VERSION_NUM >= 160000
    const SubTransactionId changed = relation->rd_newRelfilelocatorSubid;
#else
    const SubTransactionId changed = relation->rd_newRelfilenodeSubid;
#endif
    return changed != InvalidSubTransactionId && relation->rd_createSubid == InvalidSubTransactionId;
}

// Since 16 CREATEROLE goes only as far as the roles that one may administer.
#if PG_VERSION_NUM >= 160000
inline constexpr bool createrole_needs_admin = true;
#else
inline constexpr bool createrole_needs_admin = false;
#endif

// Came with 17.
#if PG_VERSION_NUM >= 170000
inline constexpr Oid role_pg_maintain = ROLE_PG_MAINTAIN;
#else
inline constexpr Oid role_pg_maintain = InvalidOid;
#endif

// The WITH options of GRANT role, as text; empty without any.  A list since 16.
inline std::string options_of_grant(const GrantRoleStmt *statement)
{
#if PG_VERSION_NUM >= 160000
    std::string text;
    const ListCell *cell;
    foreach (cell, statement->opt) text += std::string(" ") + static_cast<const DefElem *>(lfirst(cell))->defname;
    return text;
#else
    return statement->admin_opt ? " admin" : "";
#endif
}

// Whether the member may SET ROLE to the role; a privilege of its own since 16.
inline bool may_set_role(Oid member, Oid role)
{
#if PG_VERSION_NUM >= 160000
    return member_can_set_role(member, role);
#else
    return is_member_of_role(member, role);
#endif
}

// All rows of a portal, as a statement that a client sent.
inline void run_portal(Portal portal, DestReceiver *receiver)
{
    QueryCompletion completion;
    InitializeQueryCompletion(&completion);
#if PG_VERSION_NUM >= 180000
    PortalRun(portal, FETCH_ALL, true, receiver, receiver, &completion);
#else
    PortalRun(portal, FETCH_ALL, true, true, receiver, receiver, &completion);
#endif
}

// A limit of whole transactions came with 17.
inline void disable_transaction_timeout()
{
#if PG_VERSION_NUM >= 170000
    SetConfigOption("transaction_timeout", "0", PGC_USERSET, PGC_S_SESSION);
#endif
}

// Whether this process holds that lock, or a stronger one, on the relation.
inline bool locked_by_me(Oid relation, LOCKMODE mode)
{
    LOCKTAG tag;
    SET_LOCKTAG_RELATION(tag, MyDatabaseId, relation);
#if PG_VERSION_NUM >= 170000
    return LockHeldByMe(&tag, mode, true);
#else
    return LockHeldByMe(&tag, mode);
#endif
}

// Kind of default privileges that came with 18; nobody can give them before.
#if PG_VERSION_NUM >= 180000
inline constexpr char default_acl_of_large_objects = DEFACLOBJ_LARGEOBJECT;
#else
inline constexpr char default_acl_of_large_objects = '\0';
#endif

// Connection limit of a database that DROP DATABASE left half done.
inline constexpr int32 invalid_database = -2;

// Whether an action of MERGE is for rows of the target, matched or (17) not; else it is for rows that lack one.
inline bool concerns_target_row(const MergeAction *action)
{
#if PG_VERSION_NUM >= 170000
    return action->matchKind != MERGE_WHEN_NOT_MATCHED_BY_TARGET;
#else
    return action->matched;
#endif
}

// Name of the constraint that ALTER CONSTRAINT ... NOT ENFORCED (18) is about, or null.
inline const char *unenforced_constraint([[maybe_unused]] const AlterTableCmd *command)
{
#if PG_VERSION_NUM >= 180000
    if (command->subtype != AT_AlterConstraint) return nullptr;
    const auto *const change = reinterpret_cast<const ATAlterConstraint *>(command->def);
    return change->alterEnforceability && !change->is_enforced ? change->conname : nullptr;
#else
    return nullptr;
#endif
}

// The callbacks of the mutators got a type with 16; before, they were declared without arguments.
using Mutator = Node *(*)(Node *, void *);

inline bool walk_raw(Node *node, bool (*walker)(Node *, void *), void *context)
{
#if PG_VERSION_NUM >= 160000
    return raw_expression_tree_walker_impl(node, walker, context);
#else
    return raw_expression_tree_walker(node, reinterpret_cast<bool (*)()>(reinterpret_cast<void *>(walker)), context);
#endif
}

inline Node *mutate_expression(Node *node, Mutator mutator, void *context)
{
#if PG_VERSION_NUM >= 160000
    return expression_tree_mutator_impl(node, mutator, context);
#else
    return expression_tree_mutator(node, reinterpret_cast<Node *(*)()>(reinterpret_cast<void *>(mutator)), context);
#endif
}

inline Query *mutate_query(Query *query, Mutator mutator, void *context)
{
#if PG_VERSION_NUM >= 160000
    return query_tree_mutator_impl(query, mutator, context, 0);
#else
    return query_tree_mutator(query, reinterpret_cast<Node *(*)()>(reinterpret_cast<void *>(mutator)), context, 0);
#endif
}

// Number of the file that a relation is in.
inline Oid file_of(Relation relation)
{
#if PG_VERSION_NUM >= 160000
    return relation->rd_locator.relNumber;
#else
    return relation->rd_node.relNode;
#endif
}

}  // namespace pg::compat
