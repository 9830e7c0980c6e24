#pragma once

#include <vector>

#include "pg/call.hpp"

// What a command on a table reaches in its partitions and children, by the
// catalogs and without locks.
namespace intercept {

// The relation and, when wanted, all its partitions and children.
std::vector<Oid> members_of(Oid relation, bool with_children);

struct ColumnOf {
    Oid relation;
    AttrNumber column;
};

// The column, and where it goes with it: in children that have it from this
// table alone.
std::vector<ColumnOf> columns_dropped(Oid relation, AttrNumber column, bool with_children);

// The child's own number of the parent's column, InvalidAttrNumber for none.
AttrNumber column_in(Oid relation, Oid member, AttrNumber column);

// CHECK constraints of children that go with the given one, which is not among them.
std::vector<Oid> inherited_checks(Oid relation, Oid constraint, bool with_children);

// Tables made OF the composite type of this relation.
std::vector<Oid> typed_tables(Oid composite);

bool is_child_of(Oid child, Oid parent);

}  // namespace intercept
