#pragma once

#include "core/repair/step.hpp"

// Checks that a table has from its parents, beside those that it declares itself, or instead of these.
namespace core::repair {

// Whether the check is one that the table will declare itself beside its parents, or does, which no command changes.
bool is_inseparable(const Scene &scene, const Fact &check);

// The checks that the table must have before it comes to the parent.
void add_checks_for(const Scene &scene, const std::string &parent, const Fact &table, Steps &steps);
// Whether that makes the check.
bool is_made_for_parent(const Scene &scene, const Fact &check);

// Partitions can have NOT NULL of their own, which goes with the parent's: sets it again.
void keep_not_null_of_partitions(const Scene &scene, const Fact &column, Steps &steps);

// A check that is not validated comes so to the heirs that are there: validates it on those where it is to be.
void validate_on_heirs(const Scene &scene, const Fact &check, Steps &steps);
// Changes what constraints of parents have of their own on the table, as far as commands do.
void change_inherited_constraints(const Scene &scene, const Fact *from, const Fact &to, Steps &steps);

}  // namespace core::repair
