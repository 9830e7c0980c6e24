#pragma once

#include "core/repair/edges.hpp"

namespace core::repair {

// Which commands come before others where tables leave parents and come to them.  All that it refers to outlives it.
class FamilyEdges {
  public:
    FamilyEdges(Work &work, const Scene &scene, const ParentParts &parent_parts) : work_(work), scene_(scene), parent_parts_(parent_parts) {}

    // A check that parents have as well goes after these, or after the table has left them.
    void leave_to_table(const Fact &check, const Chain &chain);
    // A table that is there.
    void add_table(const Fact &was, const Fact &table, const Chain &chain);
    // Of a column that is there: whether its table comes to a parent, and it did not come from one before.
    bool comes_to_parent(const Fact &column) const;

  private:
    void follow(std::size_t task, const Chain &before) { work_.tasks[task].after.push_back(before.last); }
    void add_lost_parents(const Fact &was, const Fact &fact, const Chain &chain);
    void add_new_parents(const Fact &was, const Fact &fact, const Chain &chain);

    Work &work_;
    const Scene &scene_;
    const ParentParts &parent_parts_;
};

}  // namespace core::repair
