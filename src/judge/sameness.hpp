#pragma once

#include "pg/call.hpp"

namespace judge {

// Whether CREATE OR REPLACE would leave the object as it is.  Unknown where
// finding out would have to wait for a lock, and where the two are written
// differently but may mean the same.
enum class Sameness { same, differs, unknown };

Sameness compare_trigger(Oid relation, Oid trigger, const CreateTrigStmt *statement);
Sameness compare_rule(Oid rule, const RuleStmt *statement);
Sameness compare_aggregate(Oid aggregate, const DefineStmt *statement);

}  // namespace judge
