#pragma once

#include <optional>
#include <vector>

#include "core/judgement.hpp"
#include "pg/call.hpp"

namespace judge {

// What a utility statement would destroy, found from its parse tree and the
// catalogs before it runs: without waiting, side effects or a transaction id.
// Tag and effects are filled in, the text is the caller's.  What is exempt
// (temporary, created by the same transaction, absent) gives no effect.
// Only where the whole statement seems to lose nothing is that proven: under
// the locks it is about to take, taken as it would take them and kept.
core::Judgement judge(Node *parsetree);

// Commands that PreventInTransactionBlock applies to.
bool runs_outside_transaction(Node *parsetree);
// Whether such a command is in a transaction block.  The server itself will refuse it: nobody is asked for an
// approval, and above all none is spent.
bool cannot_run_here(bool outside_transaction, bool top_level);

// What is found; and of what is dropped, every object that goes, exempt or not.
struct Effects : std::vector<core::Effect> {
    std::vector<core::Address> foreseen;
};

// One function for each family of statements; each adds its effects.
void judge_drop(const DropStmt *statement, Effects &effects);
void judge_alter_table(const AlterTableStmt *statement, Effects &effects);
void judge_alter_event_trigger(const AlterEventTrigStmt *statement, Effects &effects);
void judge_alter_domain(const AlterDomainStmt *statement, Effects &effects);
void judge_truncate(const TruncateStmt *statement, Effects &effects);
// DROP OWNED when there is no new owner, else REASSIGN OWNED.
void judge_drop_owned(const List *roles, const RoleSpec *new_owner, Effects &effects);
void judge_drop_role(const DropRoleStmt *statement, Effects &effects);
void judge_drop_tablespace(const DropTableSpaceStmt *statement, Effects &effects);
void judge_drop_user_mapping(const DropUserMappingStmt *statement, Effects &effects);
void judge_drop_subscription(const DropSubscriptionStmt *statement, Effects &effects);
void judge_create_function(const CreateFunctionStmt *statement, Effects &effects);
void judge_alter_function(const AlterFunctionStmt *statement, Effects &effects);
void judge_view(const ViewStmt *statement, Effects &effects);
void judge_refresh(const RefreshMatViewStmt *statement, Effects &effects);
void judge_alter_policy(const AlterPolicyStmt *statement, Effects &effects);
void judge_create_trigger(const CreateTrigStmt *statement, Effects &effects);
void judge_rule(const RuleStmt *statement, Effects &effects);
void judge_define(const DefineStmt *statement, Effects &effects);

// What would change the guard itself, under rule P07.
void judge_own_objects(Node *parsetree, Effects &effects);
core::Effect own_effect(std::string_view verb, core::Address address);
// The same of what the effects found so far would take along by CASCADE.
void judge_own_dependents(Node *parsetree, Effects &effects);
// The documented roads: DROP EXTENSION and ALTER EXTENSION ... UPDATE of the guard, ENABLE ALWAYS of its event triggers.
bool changes_guard(const Node *parsetree);

// Parts shared by them.

// Objects that a statement which seems to lose nothing locks, in its order.
std::vector<core::Address> locks_of_alter_table(const AlterTableStmt *statement);
std::vector<core::Address> locks_of_drop(const DropStmt *statement);

// Every table that the command empties, in the order it locks them: named,
// partitions and children, by cascade.
std::vector<Oid> truncated_tables(const TruncateStmt *statement);

// Objects of this database that the role owns, and shared ones.
std::vector<core::Address> owned_by(Oid role);

bool owns_objects_here(Oid role);

// Temporary, or created by the current transaction: nothing of value is lost.
bool is_exempt(core::Address address);
// The same of a table (column 0) or a column in all its partitions and
// children: a new parent may have old children.
bool is_exempt_with_children(Oid relation, AttrNumber column, bool with_children);

// The table that the object is a partition of, else all zero.
core::Address parent_of(core::Address address);

// What tells one set of children from another in a digest, without those that
// are exempt: they would be others at the next attempt.
std::string children_text(Oid relation, bool with_children);
// The same of indexes and constraints that go with something.
std::string parts_text(const std::vector<core::Address> &parts);

// Raise what the server would raise for a role that may not run the command:
// who cannot drop a table learns nothing about it and files no proposal.
void require_ownership(core::Address address);
void require_truncate_privilege(Oid relation);

// Adds what goes along when the originals are dropped, under the given rule:
// what depends on them, with cascade, tables among their parts (partitions),
// and what is older than the new object it goes with (the index of a partition
// with a new one of its parent).  Returns the parts that go automatically.
std::vector<core::Address> add_collateral(const std::vector<core::Address> &originals, bool cascade, std::string_view rule,
                                          Effects &effects);

// SET or RESET of options that protect a view's rows.
void judge_view_options(Oid view, const AlterTableCmd *command, Effects &effects);

// ALTER COLUMN ... TYPE of one column.
void judge_column_type(Oid relation, AttrNumber column, const ColumnDef *definition, Effects &effects);

}  // namespace judge
