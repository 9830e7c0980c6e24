#pragma once

#include <optional>
#include <vector>

#include "core/judgement.hpp"
#include "pg/call.hpp"

namespace judge {

// What a utility statement would destroy, found from its parse tree and the
// catalogs before it runs: without locks on user objects, side effects or a
// transaction id.  Tag and effects are filled in, the text is the caller's.
// What is exempt (temporary, created by the same transaction, absent) gives no effect.
core::Judgement judge(Node *parsetree);

using Effects = std::vector<core::Effect>;

// One function for each family of statements; each adds its effects.
void judge_drop(const DropStmt *statement, Effects &effects);
void judge_alter_table(const AlterTableStmt *statement, Effects &effects);
void judge_alter_domain(const AlterDomainStmt *statement, Effects &effects);
void judge_truncate(const TruncateStmt *statement, Effects &effects);
void judge_drop_owned(const List *roles, bool reassign, Effects &effects);
void judge_drop_role(const DropRoleStmt *statement, Effects &effects);
void judge_drop_database(const DropdbStmt *statement, Effects &effects);
void judge_drop_tablespace(const DropTableSpaceStmt *statement, Effects &effects);
void judge_drop_user_mapping(const DropUserMappingStmt *statement, Effects &effects);
void judge_drop_subscription(const DropSubscriptionStmt *statement, Effects &effects);
void judge_create_function(const CreateFunctionStmt *statement, Effects &effects);
void judge_alter_function(const AlterFunctionStmt *statement, Effects &effects);
void judge_view(const ViewStmt *statement, Effects &effects);
void judge_create_trigger(const CreateTrigStmt *statement, Effects &effects);
void judge_rule(const RuleStmt *statement, Effects &effects);
void judge_define(const DefineStmt *statement, Effects &effects);

// Parts shared by them.

// Objects of this database that the role owns, and shared ones.
std::vector<core::Address> owned_by(Oid role);

// Temporary, or created by the current transaction: nothing of value is lost.
bool is_exempt(core::Address address);

// Raise what the server would raise for a role that may not run the command:
// who cannot drop a table learns nothing about it and files no proposal.
void require_ownership(core::Address address);
void require_truncate_privilege(Oid relation);

// Adds what goes along when the originals are dropped by CASCADE, under the
// given rule, and returns the parts that go automatically.
std::vector<core::Address> add_collateral(const std::vector<core::Address> &originals, bool cascade, std::string_view rule,
                                          Effects &effects);

// ALTER COLUMN ... TYPE of one column.
void judge_column_type(Oid relation, AttrNumber column, const ColumnDef *definition, Effects &effects);

}  // namespace judge
