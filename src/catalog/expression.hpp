#pragma once

#include "catalog/names.hpp"

// Deparsed expressions, inside pg::call only.
namespace catalog {

// The relation whose columns an expression may name.
struct Columns {
    Oid relation = InvalidOid;
    List *names = NIL;  // as Strings; read at the first use
};

// Text of a stored expression (pg_node_tree).  Unlike pg_get_expr it neither
// opens nor locks the relation, so that nothing waits behind a migration.
// Null for null.
char *expression_text(const char *stored, Columns *columns);
// The same for a trigger's condition, over OLD and NEW.
char *condition_text(const char *stored, Columns *columns);
// For a part of a stored expression list.
char *node_text(Node *node, Columns *columns);

}  // namespace catalog
