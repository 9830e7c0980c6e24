#pragma once

#include <string>
#include <string_view>
#include <unordered_set>

#include "core/fact.hpp"

namespace core::repair {

// Chooses the facts that a plan needs, so that it need not hold a whole schema: all but the columns, constraints,
// indexes and statistics of tables that nothing is about.
class Selection {
  public:
    // A fact that differs, of either side.  Whether a parent of it comes in that was not in before.
    bool add(const Fact &fact);
    bool needs(const Fact &fact) const;
    // Whether the object itself differs, has a part that does, or is a parent of one.
    bool is_about(std::string_view id) const;
    // Of a table that has a column of a type that is about to change the other parts are needed as well; facts come in
    // the order of their ids, columns first.
    void take_along(const Fact &fact);
    bool empty() const { return wholes_.empty(); }

  private:
    std::unordered_set<std::string> wholes_;  // ids of the objects that differ, or have a part that does
    std::unordered_set<std::string> names_;   // their names, "schema" and "name" with a NUL between
};

}  // namespace core::repair
