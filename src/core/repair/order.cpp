#include "core/repair/order.hpp"

#include <algorithm>
#include <queue>

#include "core/cpp_only.hpp"

namespace core::repair {

std::vector<std::size_t> in_order(const std::vector<Task> &tasks)
{
    std::vector<std::size_t> waits(tasks.size(), 0);
    std::vector<std::vector<std::size_t>> frees(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        auto before = tasks[i].after;
        std::sort(before.begin(), before.end());
        before.erase(std::unique(before.begin(), before.end()), before.end());
        for (const auto other : before) {
            if (other == i) continue;
            ++waits[i];
            frees[other].push_back(i);
        }
    }
    const auto later = [&tasks](std::size_t left, std::size_t right) {
        return std::tie(tasks[left].place, tasks[left].id, left) > std::tie(tasks[right].place, tasks[right].id, right);
    };
    std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> ready(later);
    std::vector<bool> done(tasks.size(), false);
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        if (waits[i] == 0) ready.push(i);
    }
    // All by place, for circles: the first that waits is taken as if it did not.
    std::vector<std::size_t> by_place(tasks.size());
    for (std::size_t i = 0; i < tasks.size(); ++i) by_place[i] = i;
    std::sort(by_place.begin(), by_place.end(), [&later](std::size_t left, std::size_t right) { return later(right, left); });
    std::size_t next = 0;
    while (order.size() < tasks.size()) {
        std::size_t task = 0;
        if (!ready.empty()) {
            task = ready.top();
            ready.pop();
        } else {
            while (done[by_place[next]]) ++next;
            task = by_place[next];
        }
        if (done[task]) continue;
        done[task] = true;
        order.push_back(task);
        for (const auto freed : frees[task]) {
            if (--waits[freed] == 0 && !done[freed]) ready.push(freed);
        }
    }
    return order;
}

bool ends_transaction(const Task &task)
{
    return std::any_of(task.steps.begin(), task.steps.end(), [](const Step &step) { return step.setting != Setting::in_transaction; });
}

}  // namespace core::repair
