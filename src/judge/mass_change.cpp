#include "judge/mass_change.hpp"

#include "guard/installation.hpp"
#include "intercept/describe.hpp"
#include "intercept/measure.hpp"
#include "judge/judge.hpp"

namespace judge {
namespace {

// Whether the plan below a ModifyTable hands over every row of the table.
bool reads_every_row(const Plan *plan)
{
    if (plan == nullptr || plan->qual != NIL) return false;
    switch (nodeTag(plan)) {
        case T_SeqScan: return true;
        case T_Append: {
            const ListCell *cell;
            foreach (cell, reinterpret_cast<const Append *>(plan)->appendplans) {
                if (!reads_every_row(static_cast<const Plan *>(lfirst(cell)))) return false;
            }
            return true;
        }
        case T_Result:
            return reinterpret_cast<const Result *>(plan)->resconstantqual == nullptr && reads_every_row(plan->lefttree);
        default: return false;
    }
}

std::vector<AttrNumber> updated_columns(const ModifyTable *node)
{
    std::vector<AttrNumber> columns;
    if (node->operation != CMD_UPDATE || node->updateColnosLists == NIL) return columns;
    const ListCell *cell;
    foreach (cell, static_cast<const List *>(linitial(node->updateColnosLists))) {
        columns.push_back(static_cast<AttrNumber>(lfirst_int(cell)));
    }
    return columns;
}

// A column that is new or holds no value yet can be filled without loss.
bool loses_values(Oid relation, const std::vector<AttrNumber> &columns)
{
    for (const AttrNumber column : columns) {
        if (is_exempt(intercept::address_of(RelationRelationId, relation, column))) continue;
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
    if (node->operation != CMD_DELETE && node->operation != CMD_UPDATE) return;
    if (!reads_every_row(outerPlan(node))) return;
    const auto *const entry = static_cast<const RangeTblEntry *>(list_nth(statement->rtable, static_cast<int>(node->nominalRelation) - 1));
    const Oid relation = entry->relid;
    const core::Address address = intercept::address_of(RelationRelationId, relation);
    if (entry->rtekind != RTE_RELATION || is_of_the_server_or_guard(relation) || is_exempt(address)) return;
    const bool deletes = node->operation == CMD_DELETE;
    const auto columns = updated_columns(node);
    if (!deletes && !loses_values(relation, columns)) return;
    const intercept::Count rows = intercept::count_rows(relation);
    if (rows.exact && rows.rows == 0) return;

    core::Effect effect = intercept::effect_on("D09", deletes ? "deleting every row of" : "updating every row of", address);
    effect.rows = rows.rows;
    effect.loss = rows.text("row");
    if (!effect.loss.empty()) effect.loss += deletes ? " would be lost" : " would be overwritten";
    for (const AttrNumber column : columns) effect.detail += std::to_string(column) + ' ';
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
    judgement.tag = statement->commandType == CMD_DELETE ? "DELETE" : statement->commandType == CMD_UPDATE ? "UPDATE" : "WITH";
    judge_plan(statement, statement->planTree, judgement.effects);
    const ListCell *cell;
    foreach (cell, statement->subplans) judge_plan(statement, static_cast<const Plan *>(lfirst(cell)), judgement.effects);
    return judgement;
}

}  // namespace judge
