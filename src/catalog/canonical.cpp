#include "catalog/expression.hpp"

namespace catalog {
namespace {

Node *canonical_node(Node *node, void *context);

// Puts an expression in the place of the value that a cast of array elements is written over.
Node *fill_in(Node *node, void *element)
{
    if (node == nullptr) return nullptr;
    if (IsA(node, CaseTestExpr)) return static_cast<Node *>(copyObjectImpl(element));
    if (IsA(node, ArrayCoerceExpr)) {
        // Its own cast of elements is over other values.
        auto *const copy = static_cast<ArrayCoerceExpr *>(copyObjectImpl(node));
        copy->arg = reinterpret_cast<Expr *>(fill_in(reinterpret_cast<Node *>(copy->arg), element));
        return reinterpret_cast<Node *>(copy);
    }
    return pg::compat::mutate_expression(node, fill_in, element);
}

// ARRAY[a, b]::x[] is ARRAY[a::x, b::x].
Node *cast_elements(const ArrayCoerceExpr *cast, const ArrayExpr *array)
{
    check_stack_depth();
    ArrayExpr *const result = makeNode(ArrayExpr);
    *result = *array;
    result->array_typeid = cast->resulttype;
    result->array_collid = cast->resultcollid;
    result->element_typeid = get_element_type(cast->resulttype);
    result->elements = NIL;
    for (int i = 0; i < list_length(array->elements); ++i) {
        Node *const element = static_cast<Node *>(list_nth(array->elements, i));
        Node *filled = nullptr;
        if (array->multidims) {
            ArrayCoerceExpr *const part = makeNode(ArrayCoerceExpr);
            *part = *cast;
            part->arg = reinterpret_cast<Expr *>(element);
            filled = IsA(element, ArrayExpr) ? cast_elements(part, reinterpret_cast<const ArrayExpr *>(element))
                                             : reinterpret_cast<Node *>(part);
        } else {
            filled = fill_in(reinterpret_cast<Node *>(cast->elemexpr), element);
        }
        result->elements = lappend(result->elements, filled);
    }
    return reinterpret_cast<Node *>(result);
}

// (a AND b) AND c is a AND b AND c.
void merge_inner(BoolExpr *expression)
{
    if (expression->boolop == NOT_EXPR) return;
    List *merged = NIL;
    for (int i = 0; i < list_length(expression->args); ++i) {
        Node *const argument = static_cast<Node *>(list_nth(expression->args, i));
        const auto *const inner = reinterpret_cast<const BoolExpr *>(argument);
        if (IsA(argument, BoolExpr) && inner->boolop == expression->boolop) {
            merged = list_concat(merged, inner->args);
        } else {
            merged = lappend(merged, argument);
        }
    }
    expression->args = merged;
}

// Gives the columns that a query returns the names, or none without a list: those
// stored in it are older than a rename.  The queries of a UNION have columns of their own.
void name_outputs(Query *query, List *names);

// One no-operation in place of two: text of a varchar of a text is that text.
void merge_relabels(RelabelType *outer)
{
    while (outer->arg != nullptr && IsA(outer->arg, RelabelType)) {
        const auto *const inner = reinterpret_cast<const RelabelType *>(outer->arg);
        if (inner->resulttypmod != -1) return;
        outer->arg = inner->arg;
    }
}

// From the innermost expression outwards.
Node *canonical_node(Node *node, void *context)
{
    check_stack_depth();
    if (node == nullptr) return nullptr;
    if (IsA(node, Query)) {
        return reinterpret_cast<Node *>(pg::compat::mutate_query(reinterpret_cast<Query *>(node), canonical_node, context));
    }
    Node *const copy = pg::compat::mutate_expression(node, canonical_node, context);
    if (IsA(copy, BoolExpr)) merge_inner(reinterpret_cast<BoolExpr *>(copy));
    if (IsA(copy, RelabelType)) merge_relabels(reinterpret_cast<RelabelType *>(copy));
    if (IsA(copy, SubLink)) {
        // Nobody sees the names of its columns.
        Node *const query = reinterpret_cast<SubLink *>(copy)->subselect;
        if (query != nullptr && IsA(query, Query)) name_outputs(reinterpret_cast<Query *>(query), NIL);
    }
    if (!IsA(copy, ArrayCoerceExpr)) return copy;
    const auto *const cast = reinterpret_cast<const ArrayCoerceExpr *>(copy);
    Node *const argument = reinterpret_cast<Node *>(cast->arg);
    return IsA(argument, ArrayExpr) ? cast_elements(cast, reinterpret_cast<const ArrayExpr *>(argument)) : copy;
}

void name_leaves(Query *query, Node *operation, List *names)
{
    check_stack_depth();
    if (IsA(operation, SetOperationStmt)) {
        const auto *const both = reinterpret_cast<const SetOperationStmt *>(operation);
        name_leaves(query, both->larg, names);
        name_leaves(query, both->rarg, names);
    } else if (IsA(operation, RangeTblRef)) {
        const int place = reinterpret_cast<const RangeTblRef *>(operation)->rtindex - 1;
        const auto *const entry = static_cast<const RangeTblEntry *>(list_nth(query->rtable, place));
        if (entry->subquery != nullptr) name_outputs(entry->subquery, names);
    }
}

void name_outputs(Query *query, List *names)
{
    List *const outputs = query->commandType == CMD_SELECT ? query->targetList : query->returningList;
    int next = 0;
    for (int i = 0; i < list_length(outputs); ++i) {
        auto *const output = static_cast<TargetEntry *>(list_nth(outputs, i));
        if (output->resjunk) continue;
        if (names == NIL) {
            output->resname = nullptr;
        } else if (next < list_length(names)) {
            output->resname = strVal(list_nth(names, next++));
        }
    }
    if (query->setOperations != nullptr) name_leaves(query, query->setOperations, names);
}

char *query_text(Query *query)
{
    Node *const tree = canonical_tree(reinterpret_cast<Node *>(query));
    return pg_get_querydef(reinterpret_cast<Query *>(tree), false);
}

}  // namespace

Node *canonical_tree(Node *node) { return canonical_node(node, nullptr); }

char *view_text(const char *stored, Oid view)
{
    List *const actions = stored != nullptr ? static_cast<List *>(stringToNode(stored)) : NIL;
    if (list_length(actions) != 1) return nullptr;
    Columns columns;
    columns.relation = view;
    Query *const query = static_cast<Query *>(linitial(actions));
    name_outputs(query, column_names(&columns));
    return psprintf("%s;", query_text(query));
}

namespace {

bool has_old_and_new(const Query *query)
{
    const auto named = [query](int place, const char *name) {
        return std::strcmp(static_cast<const RangeTblEntry *>(list_nth(query->rtable, place))->eref->aliasname, name) == 0;
    };
    return list_length(query->rtable) >= 2 && named(0, "old") && named(1, "new");
}

// Of INSERT ... SELECT it is the inner query.
const Query *query_over_old_and_new(const Query *action)
{
    if (has_old_and_new(action)) return action;
    if (action->commandType != CMD_INSERT || action->jointree == nullptr || list_length(action->jointree->fromlist) != 1) return nullptr;
    const Node *const from = static_cast<const Node *>(linitial(action->jointree->fromlist));
    if (!IsA(from, RangeTblRef)) return nullptr;
    const int place = reinterpret_cast<const RangeTblRef *>(from)->rtindex - 1;
    const Query *const inner = static_cast<const RangeTblEntry *>(list_nth(action->rtable, place))->subquery;
    return inner != nullptr && has_old_and_new(inner) ? inner : nullptr;
}

// The condition's tables must not be called as those of the action are, and the server prints another name for them,
// which a dump makes theirs: printed alone they would keep the one and have the other after a restore.
char *rule_condition(const char *stored, const List *actions, Columns *columns)
{
    const Query *const action = actions != NIL ? query_over_old_and_new(static_cast<const Query *>(linitial(actions))) : nullptr;
    if (action == nullptr) return condition_text(stored, columns);
    Query *const query = makeNode(Query);
    query->commandType = CMD_SELECT;
    query->rtable = static_cast<List *>(copyObjectImpl(action->rtable));
    query->jointree = makeFromExpr(NIL, nullptr);
    query->targetList = list_make1(makeTargetEntry(static_cast<Expr *>(stringToNode(stored)), 1, nullptr, false));
    char *const text = query_text(query);
    constexpr std::string_view verb = " SELECT ";
    return std::strncmp(text, verb.data(), verb.size()) == 0 ? text + verb.size() : condition_text(stored, columns);
}

}  // namespace

char *rule_text(const char *condition, const char *actions, bool instead, Columns *columns)
{
    StringInfoData text;
    initStringInfo(&text);
    List *const queries = static_cast<List *>(stringToNode(actions));
    // A rule without one has an empty condition, not none.
    if (condition != nullptr && std::strcmp(condition, "<>") != 0) {
        appendStringInfo(&text, "WHERE %s ", rule_condition(condition, queries, columns));
    }
    appendStringInfo(&text, "DO %s", instead ? "INSTEAD " : "");
    if (list_length(queries) > 1) appendStringInfoChar(&text, '(');
    for (int i = 0; i < list_length(queries); ++i) {
        appendStringInfo(&text, "%s;%s", query_text(static_cast<Query *>(list_nth(queries, i))), list_length(queries) > 1 ? "\n" : "");
    }
    if (list_length(queries) > 1) appendStringInfoString(&text, ");");
    return text.data;
}

char *sql_body_text(const char *stored)
{
    Node *const body = static_cast<Node *>(stringToNode(stored));
    if (!IsA(body, List)) return query_text(reinterpret_cast<Query *>(body));
    StringInfoData text;
    initStringInfo(&text);
    appendStringInfoString(&text, "BEGIN ATOMIC\n");
    List *const queries = static_cast<List *>(linitial(reinterpret_cast<List *>(body)));
    for (int i = 0; i < list_length(queries); ++i) {
        Query *const query = static_cast<Query *>(list_nth(queries, i));
        // Nobody sees the names of its columns, and a dump leaves them out.
        name_outputs(query, NIL);
        appendStringInfo(&text, " %s;\n", query_text(query));
    }
    appendStringInfoString(&text, "END");
    return text.data;
}

}  // namespace catalog
