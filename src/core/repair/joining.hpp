#pragma once

#include "core/repair/step.hpp"

// Tables that are there and come to a parent: they must have its columns before.
namespace core::repair {

// Parents that the table is to have and has not.
List new_parents(const Fact &was, const Fact &table);
// How many of its ordinary parents, from the first on, the table never leaves: their order is the one in which they were
// added, so those that follow the first difference go and come again.
std::size_t parents_that_stay(const Fact &was, const Fact &table);
// Of a column that is there: whether a parent that the table never leaves gives it.
bool is_given_throughout(const Scene &scene, const Fact &column);
// The column of such a parent that the column is made for, before the table comes to it.  Null for a column that is there,
// and for one that is new to the parent as well: that comes to both.
const Fact *made_for_parent(const Scene &scene, const Fact &column);
// Makes these.
void add_columns_for(const Scene &scene, const std::string &parent, const Fact &table, Steps &steps);

}  // namespace core::repair
