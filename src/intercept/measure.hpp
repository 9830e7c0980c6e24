#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "intercept/inheritance.hpp"
#include "pg/call.hpp"

namespace intercept {

// How many rows or values are at stake.
struct Count {
    std::int64_t rows = -1;  // -1: not known
    bool exact = false;

    bool none() const { return exact && rows == 0; }
    // "12034 rows", "about 12034 rows"; empty when not known.
    std::string text(std::string_view noun) const;
};

// One look at what a statement is about.  While it lives, counts share a
// budget of blocks and no table is counted twice.
class Look {
  public:
    Look();
    ~Look();
    Look(const Look &) = delete;
    Look &operator=(const Look &) = delete;

    static Look *current();
    BlockNumber &budget() { return budget_; }
    std::map<std::pair<Oid, bool>, Count> &rows() { return rows_; }

  private:
    Look *outer_;
    BlockNumber budget_;
    std::map<std::pair<Oid, bool>, Count> rows_;
};

// Rows of a table with its partitions and children, as committed now.  Exact
// when the table is not large, the current user may read all of it, and that
// can be done without waiting for a lock; else the planner's estimate.  Not
// known in mode record, where nobody reads it, nor when the table cannot be
// read.  Locks are given back: what is counted may change at once.
Count count_rows(Oid relation, bool with_children = true);

// Non-null values of a column, likewise.
Count count_values(Oid relation, AttrNumber column, bool with_children);

// The same of several columns, each given by the tables that hold its values:
// a table is read once for all.  The privileges on the named table count.
std::vector<Count> count_values(Oid named, const std::vector<std::vector<ColumnOf>> &columns);

}  // namespace intercept
