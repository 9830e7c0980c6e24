#include "judge/mass_change.hpp"

#include "guard/installation.hpp"
#include "intercept/describe.hpp"
#include "intercept/measure.hpp"
#include "judge/judge.hpp"

namespace judge {
namespace {

// Whether the plan below a ModifyTable hands over every row of the tables it
// modifies: no condition on them, nor on a join they are in.  A condition that
// concerns no row (WHERE EXISTS (SELECT 1)) is none.
bool reads_every_row(const ModifyTable *node, const Plan *plan)
{
    if (plan == nullptr || plan->qual != NIL) return false;
    switch (nodeTag(plan)) {
        case T_SeqScan:
            return pg::call([=] {
                return list_member_int(node->resultRelations, static_cast<int>(reinterpret_cast<const Scan *>(plan)->scanrelid));
            });
        case T_Append: {
            const ListCell *cell;
            foreach (cell, reinterpret_cast<const Append *>(plan)->appendplans) {
                if (!reads_every_row(node, static_cast<const Plan *>(lfirst(cell)))) return false;
            }
            return true;
        }
        case T_NestLoop:
            return reinterpret_cast<const Join *>(plan)->joinqual == NIL &&
                   (reads_every_row(node, plan->lefttree) || reads_every_row(node, plan->righttree));
        case T_Material:
        case T_Result: return reads_every_row(node, plan->lefttree);
        default: return false;
    }
}

// What the node does to each row it is handed: DELETE, UPDATE, or neither.
CmdType change_of(const ModifyTable *node)
{
    if (node->operation != CMD_MERGE) return node->operation;
    const ListCell *cell;
    foreach (cell, static_cast<const List *>(linitial(node->mergeActionLists))) {
        const auto *const action = static_cast<const MergeAction *>(lfirst(cell));
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
    if (!reads_every_row(node, outerPlan(node))) return;
    const auto *const entry = static_cast<const RangeTblEntry *>(list_nth(statement->rtable, static_cast<int>(node->nominalRelation) - 1));
    const Oid relation = entry->relid;
    const core::Address address = intercept::address_of(RelationRelationId, relation);
    if (entry->rtekind != RTE_RELATION || is_of_the_server_or_guard(relation) || is_exempt_with_children(relation, 0, true)) return;
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
    judge_plan(statement, statement->planTree, judgement.effects);
    const ListCell *cell;
    foreach (cell, statement->subplans) judge_plan(statement, static_cast<const Plan *>(lfirst(cell)), judgement.effects);
    return judgement;
}

}  // namespace judge
