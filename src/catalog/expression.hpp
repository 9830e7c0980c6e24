#pragma once

#include "catalog/names.hpp"

// Deparsed expressions, inside pg::call only.
namespace catalog {

// The relation whose columns an expression or a key may name.  Read at the first use.
struct Columns {
    Oid relation = InvalidOid;
    List *names = NIL;  // as Strings
    List *types = NIL;
    List *collations = NIL;
};

// As Strings by attribute number; empty where the column was dropped.
List *column_names(Columns *columns);
// "?" and InvalidOid where there is no such column.
const char *column_name(Columns *columns, AttrNumber column);
Oid column_type(Columns *columns, AttrNumber column);
Oid column_collation(Columns *columns, AttrNumber column);

// All texts are those of the canonical form of an expression, see canonical_tree.

// Text of a stored expression (pg_node_tree).  Unlike pg_get_expr it neither
// opens nor locks the relation, so that nothing waits behind a migration.
// Null for null.
char *expression_text(const char *stored, Columns *columns);
// The same for a trigger's condition, over OLD and NEW.
char *condition_text(const char *stored, Columns *columns);
// Text of a partition's bound; the values of a list are a set.
char *bound_text(const char *stored);
// For a part of a stored expression list.
char *node_text(Node *node, Columns *columns);
// Where the server's own text of something larger holds the expression: the
// text with the canonical one in its place.
char *with_canonical(char *text, Node *node, Columns *columns);

// A copy of an expression or query in the one form that all its spellings
// have in common.  The server does not read its own text back as the same
// tree: the cast of an array becomes casts of the elements, and an AND in
// parentheses on the left is merged into the outer one.  What was restored
// from a dump would differ from its source.
Node *canonical_tree(Node *node);

// Text of the query that a view is, by the stored actions of its rule.
char *view_text(const char *stored, Oid view);
// "WHERE (...) DO INSTEAD ..." of a rule, by its stored condition and actions.
char *rule_text(const char *condition, const char *actions, bool instead, Columns *columns);
// Text of a function's body that is stored parsed; arguments are $1, $2...
char *sql_body_text(const char *stored);

}  // namespace catalog
