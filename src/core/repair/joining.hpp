#pragma once

#include "core/repair/step.hpp"

// Tables that are there and come to a parent: they must have its columns before.
namespace core::repair {

// Parents that the table is to have and has not.
List new_parents(const Fact &was, const Fact &table);
// The column of such a parent that the column is made for, before the table comes to it.  Null for a column that is there,
// and for one that is new to the parent as well: that comes to both.
const Fact *made_for_parent(const Scene &scene, const Fact &column);
// Makes these.
void add_columns_for(const Scene &scene, const std::string &parent, const Fact &table, Steps &steps);
// Whether the table has columns when it comes to an ordinary parent that it is to have from there alone.
bool keeps_own_columns(const Scene &scene, const Fact &table);

}  // namespace core::repair
