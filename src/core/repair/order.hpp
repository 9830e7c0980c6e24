#pragma once

#include <string>
#include <vector>

#include "core/repair/step.hpp"

namespace core::repair {

// A set of commands that are run one after the other, among others.
//   place   where it stands when nothing else decides: ascending
//   after   indexes of those that must come before it
struct Task {
    Steps steps;
    std::vector<std::int64_t> place;
    std::string id;
    std::vector<std::size_t> after;
};

// Indexes of the tasks in an order that keeps to "after"; where that is a circle, place decides.
std::vector<std::size_t> in_order(const std::vector<Task> &tasks);

// Whether a transaction that is open ends before the task.
bool ends_transaction(const Task &task);

}  // namespace core::repair
