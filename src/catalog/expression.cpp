#include "catalog/expression.hpp"

namespace catalog {
namespace {

// The names are all a deparser needs of a relation, except for system columns.
RangeTblEntry *entry_of(Columns *columns, const char *alias, bool system_columns)
{
    RangeTblEntry *const entry = makeNode(RangeTblEntry);
    entry->eref = makeAlias(alias, column_names(columns));
    entry->inFromCl = true;
    if (system_columns) {
        entry->rtekind = RTE_RELATION;
        entry->relid = columns->relation;
        entry->relkind = get_rel_relkind(columns->relation);
        entry->rellockmode = AccessShareLock;
    } else {
        entry->rtekind = RTE_VALUES;
    }
    return entry;
}

List *context_of(List *entries, List *names)
{
    PlannedStmt *const plan = makeNode(PlannedStmt);
    plan->rtable = entries;
    return deparse_context_for_plan_tree(plan, names);
}

bool has_system_columns(const char *stored) { return std::strstr(stored, ":varattno -") != nullptr; }

char *text_over_relation(Node *node, Columns *columns, bool variables, bool system_columns)
{
    List *context = NIL;
    if (variables && OidIsValid(columns->relation)) {
        char *const name = get_rel_name(columns->relation);
        if (name == nullptr) return nullptr;
        context = context_of(list_make1(entry_of(columns, name, system_columns)), list_make1(name));
    }
    return deparse_expression(node, context, false, false);
}

char *tree_text(Node *node, Columns *columns)
{
    return text_over_relation(node, columns, true, has_system_columns(nodeToString(node)));
}

int compare_constants(const ListCell *left, const ListCell *right)
{
    const auto *const one = static_cast<const Const *>(lfirst(left));
    const auto *const other = static_cast<const Const *>(lfirst(right));
    if (one->constisnull || other->constisnull) return static_cast<int>(one->constisnull) - static_cast<int>(other->constisnull);
    return std::strcmp(deparse_expression(static_cast<Node *>(lfirst(left)), NIL, false, false),
                       deparse_expression(static_cast<Node *>(lfirst(right)), NIL, false, false));
}

}  // namespace

List *column_names(Columns *columns)
{
    if (columns->names != NIL) return columns->names;
    AttrNumber next = 1;
    List *names = NIL;
    scan_in_order(AttributeRelationId, AttributeRelidNumIndexId, key_oid(Anum_pg_attribute_attrelid, columns->relation),
                  attribute_number, [&](HeapTuple tuple, TupleDesc) {
                      const auto *const form = form_of<FormData_pg_attribute>(tuple);
                      if (form->attnum < 1) return;
                      for (; next <= form->attnum; ++next) {
                          const bool there = next == form->attnum && !form->attisdropped;
                          names = lappend(names, makeString(there ? name_text(form->attname) : pstrdup("")));
                          columns->types = lappend_oid(columns->types, there ? form->atttypid : InvalidOid);
                          columns->collations = lappend_oid(columns->collations, there ? form->attcollation : InvalidOid);
                      }
                  });
    return columns->names = names;
}

const char *column_name(Columns *columns, AttrNumber column)
{
    const List *const names = column_names(columns);
    return column >= 1 && column <= list_length(names) ? strVal(list_nth(names, column - 1)) : "?";
}

Oid column_type(Columns *columns, AttrNumber column)
{
    return column >= 1 && column <= list_length(column_names(columns)) ? list_nth_oid(columns->types, column - 1) : InvalidOid;
}

Oid column_collation(Columns *columns, AttrNumber column)
{
    return column >= 1 && column <= list_length(column_names(columns)) ? list_nth_oid(columns->collations, column - 1) : InvalidOid;
}

char *expression_text(const char *stored, Columns *columns)
{
    if (stored == nullptr) return nullptr;
    return text_over_relation(canonical_tree(static_cast<Node *>(stringToNode(stored))), columns,
                              std::strstr(stored, ":varattno") != nullptr, has_system_columns(stored));
}

char *bound_text(const char *stored)
{
    if (stored == nullptr) return nullptr;
    auto *const bound = static_cast<PartitionBoundSpec *>(stringToNode(stored));
    list_sort(bound->listdatums, compare_constants);
    return deparse_expression(reinterpret_cast<Node *>(bound), NIL, false, false);
}

char *node_text(Node *node, Columns *columns) { return tree_text(canonical_tree(node), columns); }

char *with_canonical(char *text, Node *node, Columns *columns)
{
    const char *const printed = tree_text(node, columns);
    const char *const canonical = node_text(node, columns);
    if (std::strcmp(printed, canonical) == 0) return text;
    const char *const found = std::strstr(text, printed);
    if (found == nullptr) return text;
    return psprintf("%.*s%s%s", static_cast<int>(found - text), text, canonical, found + std::strlen(printed));
}

char *condition_text(const char *stored, Columns *columns)
{
    if (stored == nullptr) return nullptr;
    const bool system_columns = has_system_columns(stored);
    char *const old_name = pstrdup("old");
    char *const new_name = pstrdup("new");
    List *const context = context_of(
        list_make2(entry_of(columns, old_name, system_columns), entry_of(columns, new_name, system_columns)),
        list_make2(old_name, new_name));
    return deparse_expression(canonical_tree(static_cast<Node *>(stringToNode(stored))), context, true, false);
}

}  // namespace catalog
