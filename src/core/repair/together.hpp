#pragma once

#include "core/repair/order.hpp"

namespace core::repair {

// Tasks that should stand in one transaction: what is dropped and made again must not be missing after a commit.
//   always   it must be so, whatever that costs others: rows would be open to everybody meanwhile
struct Group {
    std::vector<std::size_t> tasks;
    bool always = false;
};

// A task that ends a transaction, and cannot stand before or after a group.
struct Gap {
    std::size_t task;
    std::size_t group;
};

// Moves the tasks that end a transaction behind the groups that they stand in, or before them, with the tasks that
// have to follow or to precede them.  Gives those for which no order does that.
std::vector<Gap> keep_together(const std::vector<Task> &tasks, const std::vector<Group> &groups, std::vector<std::size_t> &order);

}  // namespace core::repair
