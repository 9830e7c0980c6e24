#pragma once

#include "catalog/scan.hpp"

// Who inherits from whom, without locks; inside pg::call only.  The server's own
// functions fail for a child that another session drops at this moment.
namespace catalog {

// Children and partitions, in the order of the server, which locks them so.
inline List *children_of(Oid relation)
{
    List *found = NIL;
    scan(InheritsRelationId, InheritsParentIndexId, key_oid(Anum_pg_inherits_inhparent, relation),
         [&found](HeapTuple tuple, TupleDesc) { found = lappend_oid(found, form_of<FormData_pg_inherits>(tuple)->inhrelid); });
    list_sort(found, list_oid_cmp);
    return found;
}

// The relation, its children, and theirs, each once.
inline List *heirs_of(Oid relation)
{
    List *all = list_make1_oid(relation);
    for (int next = 0; next < list_length(all); ++next) {
        all = list_concat_unique_oid(all, children_of(list_nth_oid(all, next)));
    }
    return all;
}

}  // namespace catalog
