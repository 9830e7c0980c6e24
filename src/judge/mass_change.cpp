#include "judge/mass_change.hpp"

#include "guard/installation.hpp"
#include "intercept/describe.hpp"
#include "intercept/measure.hpp"
#include "judge/judge.hpp"
#include "ledger/revision.hpp"

namespace judge {
namespace {

// Whether a plan hands over every row of a table that the ModifyTable above
// changes.  Of a foreign table that cannot be told: a condition may have gone
// to the other server.
enum class Coverage { every_row, some_rows, unknown };

Coverage coverage_of(const ModifyTable *node, const Plan *plan);

// Children of a partitioned table are all under one condition, or under none.
Coverage coverage_of_children(const ModifyTable *node, const List *children)
{
    Coverage coverage = Coverage::unknown;
    const ListCell *cell;
    foreach (cell, children) {
        const Coverage child = coverage_of(node, static_cast<const Plan *>(lfirst(cell)));
        if (child == Coverage::some_rows) return child;
        if (child == Coverage::every_row) coverage = child;
    }
    return coverage;
}

bool has_join_condition(const Plan *plan)
{
    if (reinterpret_cast<const Join *>(plan)->joinqual != NIL) return true;
    switch (nodeTag(plan)) {
        // What the inner side gets from the outer one, it is looked up by.
        case T_NestLoop: return reinterpret_cast<const NestLoop *>(plan)->nestParams != NIL;
        case T_MergeJoin: return reinterpret_cast<const MergeJoin *>(plan)->mergeclauses != NIL;
        default: return reinterpret_cast<const HashJoin *>(plan)->hashclauses != NIL;
    }
}

// A join leaves out no row of a side that it keeps whole (LEFT, RIGHT), nor of
// either side when it has no condition.
Coverage coverage_of_join(const ModifyTable *node, const Plan *plan)
{
    const JoinType type = reinterpret_cast<const Join *>(plan)->jointype;
    const Coverage outer = coverage_of(node, plan->lefttree);
    const Coverage inner = coverage_of(node, plan->righttree);
    if (has_join_condition(plan)) {
        // What MERGE does to a row depends on whether it is matched.
        if (node->operation == CMD_MERGE) return Coverage::some_rows;
        if (type == JOIN_LEFT) return outer;
        return type == JOIN_RIGHT ? inner : Coverage::some_rows;
    }
    if (outer == Coverage::every_row || inner == Coverage::every_row) return Coverage::every_row;
    return outer == Coverage::unknown ? outer : inner;
}

// Conditions on the changed tables' rows, or on a join they are in, leave rows
// out.  A condition that concerns no row (WHERE EXISTS (SELECT 1)) is none.
Coverage coverage_of(const ModifyTable *node, const Plan *plan)
{
    if (plan == nullptr || plan->qual != NIL) return Coverage::some_rows;
    switch (nodeTag(plan)) {
        case T_SeqScan: {
            const bool changed = pg::call([=] {
                return list_member_int(node->resultRelations, static_cast<int>(reinterpret_cast<const Scan *>(plan)->scanrelid));
            });
            return changed ? Coverage::every_row : Coverage::some_rows;
        }
        case T_ForeignScan: return Coverage::unknown;
        case T_Append: return coverage_of_children(node, reinterpret_cast<const Append *>(plan)->appendplans);
        case T_MergeAppend: return coverage_of_children(node, reinterpret_cast<const MergeAppend *>(plan)->mergeplans);
        case T_NestLoop:
        case T_MergeJoin:
        case T_HashJoin: return coverage_of_join(node, plan);
        case T_SubqueryScan: return coverage_of(node, reinterpret_cast<const SubqueryScan *>(plan)->subplan);
        case T_Material:
        case T_Hash:
        case T_Sort:
        case T_IncrementalSort:
        case T_LockRows:
        case T_Result: return coverage_of(node, plan->lefttree);
        default: return Coverage::some_rows;
    }
}

// What the node does to every row it is handed: DELETE, UPDATE, or neither.
// The first action whose condition holds is the one that is taken.
CmdType change_of(const ModifyTable *node)
{
    if (node->operation != CMD_MERGE) return node->operation;
    const ListCell *cell;
    foreach (cell, static_cast<const List *>(linitial(node->mergeActionLists))) {
        const auto *const action = static_cast<const MergeAction *>(lfirst(cell));
        if (!pg::compat::concerns_target_row(action)) continue;
        const bool looks_at_rows = pg::call([action] { return contain_var_clause(action->qual); });
        if (action->commandType == CMD_NOTHING && (action->qual == nullptr || looks_at_rows)) return CMD_NOTHING;
        const bool changes = action->commandType == CMD_DELETE || action->commandType == CMD_UPDATE;
        if (changes && action->qual == nullptr) return action->commandType;
    }
    return CMD_NOTHING;
}

// Columns an UPDATE assigns to, numbered as in the relation it names.  The
// plan numbers them as in the first partition; a column it cannot place is 0.
std::vector<AttrNumber> updated_columns(const PlannedStmt *statement, const ModifyTable *node, Oid relation)
{
    std::vector<AttrNumber> columns;
    if (node->operation != CMD_UPDATE || node->updateColnosLists == NIL) return columns;
    const auto *const first = static_cast<const RangeTblEntry *>(list_nth(statement->rtable, linitial_int(node->resultRelations) - 1));
    const Oid numbered = first->relid;
    const ListCell *cell;
    foreach (cell, static_cast<const List *>(linitial(node->updateColnosLists))) {
        const auto number = static_cast<AttrNumber>(lfirst_int(cell));
        columns.push_back(numbered == relation ? number : pg::call([=] {
            const char *const name = get_attname(numbered, number, true);
            return name != nullptr ? get_attnum(relation, name) : AttrNumber{InvalidAttrNumber};
        }));
    }
    return columns;
}

// A column that is new or holds no value yet can be filled without loss.
bool loses_values(Oid relation, const std::vector<AttrNumber> &columns)
{
    for (const AttrNumber column : columns) {
        if (column <= 0) return true;
        if (is_exempt_with_children(relation, column, true)) continue;
        const intercept::Count values = intercept::count_values(relation, column, true);
        if (!(values.exact && values.rows == 0)) return true;
    }
    return false;
}

bool is_of_the_server_or_guard(Oid relation)
{
    const Oid schema = pg::call([relation] { return get_rel_namespace(relation); });
    const auto installed = guard::installation();
    return relation < FirstNormalObjectId || (installed.has_value() && schema == installed->schema);
}

void judge_node(const PlannedStmt *statement, const ModifyTable *node, Effects &effects)
{
    const CmdType change = change_of(node);
    if (change != CMD_DELETE && change != CMD_UPDATE) return;
    if (coverage_of(node, outerPlan(node)) != Coverage::every_row) return;
    const auto *const entry = static_cast<const RangeTblEntry *>(list_nth(statement->rtable, static_cast<int>(node->nominalRelation) - 1));
    const Oid relation = entry->relid;
    const core::Address address = intercept::address_of(RelationRelationId, relation);
    if (entry->rtekind != RTE_RELATION || is_of_the_server_or_guard(relation) || is_exempt_with_children(relation, 0, true)) return;
    // Alembic empties its own table (stamp --purge); each step is recorded by a trigger.
    if (ledger::version_table(relation) != ledger::VersionTable::none) return;
    const bool deletes = change == CMD_DELETE;
    const auto columns = updated_columns(statement, node, relation);
    if (node->operation == CMD_UPDATE && !loses_values(relation, columns)) return;
    const intercept::Count rows = intercept::count_rows(relation);
    if (rows.exact && rows.rows == 0) return;

    core::Effect effect = intercept::effect_on("D09", deletes ? "deleting every row of" : "updating every row of", address);
    effect.rows = rows.rows;
    effect.loss = rows.text("row");
    if (!effect.loss.empty()) effect.loss += deletes ? " would be lost" : " would be overwritten";
    for (const AttrNumber column : columns) effect.detail += std::to_string(column) + ' ';
    effect.detail += children_text(relation, true);
    effects.push_back(std::move(effect));
}

void judge_plan(const PlannedStmt *statement, const Plan *plan, Effects &effects)
{
    if (plan != nullptr && IsA(plan, ModifyTable)) judge_node(statement, reinterpret_cast<const ModifyTable *>(plan), effects);
}

}  // namespace

core::Judgement judge_mass_change(const PlannedStmt *statement)
{
    core::Judgement judgement;
    judgement.tag = statement->commandType == CMD_DELETE ? "DELETE" : statement->commandType == CMD_UPDATE ? "UPDATE" :
                    statement->commandType == CMD_MERGE ? "MERGE" : "WITH";
    Effects effects;
    judge_plan(statement, statement->planTree, effects);
    const ListCell *cell;
    foreach (cell, statement->subplans) judge_plan(statement, static_cast<const Plan *>(lfirst(cell)), effects);
    judgement.effects = std::move(effects);
    return judgement;
}

}  // namespace judge
