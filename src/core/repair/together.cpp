#include "core/repair/together.hpp"

#include <algorithm>

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

class Keeper {
  public:
    Keeper(const std::vector<Task> &tasks, const std::vector<Group> &groups, std::vector<std::size_t> &order)
        : tasks_(tasks), groups_(groups), order_(order), positions_(tasks.size()), groups_of_(tasks.size())
    {
        for (std::size_t i = 0; i < groups_.size(); ++i) {
            for (const auto task : groups_[i].tasks) groups_of_[task].push_back(i);
        }
        number_from(0);
    }

    std::vector<Gap> run()
    {
        std::vector<std::size_t> ending;
        std::copy_if(order_.begin(), order_.end(), std::back_inserter(ending), [this](std::size_t task) { return ends_transaction(tasks_[task]); });
        std::vector<Gap> gaps;
        for (const auto task : ending) {
            take_out(task, ending);
            for (const auto group : around(task)) gaps.push_back({task, group});
        }
        return gaps;
    }

  private:
    void number_from(std::size_t position)
    {
        for (; position < order_.size(); ++position) positions_[order_[position]] = position;
    }

    std::size_t start_of(std::size_t group) const
    {
        const auto &tasks = groups_[group].tasks;
        return positions_[*std::min_element(tasks.begin(), tasks.end(), [this](std::size_t left, std::size_t right) { return positions_[left] < positions_[right]; })];
    }

    std::size_t end_of(std::size_t group) const
    {
        const auto &tasks = groups_[group].tasks;
        return positions_[*std::max_element(tasks.begin(), tasks.end(), [this](std::size_t left, std::size_t right) { return positions_[left] < positions_[right]; })];
    }

    // The groups that the task stands in the middle of; the one that begins last is the first.
    std::vector<std::size_t> around(std::size_t task) const
    {
        std::vector<std::size_t> found;
        const auto position = positions_[task];
        for (std::size_t i = 0; i < groups_.size(); ++i) {
            if (groups_[i].tasks.size() > 1 && start_of(i) < position && position < end_of(i)) found.push_back(i);
        }
        std::sort(found.begin(), found.end(), [this](std::size_t left, std::size_t right) { return start_of(left) > start_of(right); });
        return found;
    }

    void take_out(std::size_t task, const std::vector<std::size_t> &ending)
    {
        auto groups = around(task);
        if (groups.empty()) return;
        // What is wrong now is put right first, and what takes long comes after.  Most go there together.
        std::size_t end = 0;
        for (const auto group : groups) end = std::max(end, end_of(group));
        std::vector<std::size_t> all;
        std::copy_if(ending.begin(), ending.end(), std::back_inserter(all), [&](std::size_t other) { return positions_[other] >= positions_[task] && positions_[other] <= end; });
        if (move_behind(all)) return;
        while (!groups.empty()) {
            if (move_behind({task}) || !move_before(task, start_of(groups.front()))) return;
            groups = around(task);
        }
    }

    bool follows_one_of(std::size_t task, const std::vector<char> &moved) const
    {
        const auto &after = tasks_[task].after;
        return std::any_of(after.begin(), after.end(), [&](std::size_t other) { return moved[other] != 0; });
    }

    // Adds the groups of what moves, whole.  False when one has to stay.
    bool add_groups(std::size_t task, std::size_t first, std::size_t last, std::vector<char> &moved) const
    {
        for (const auto group : groups_of_[task]) {
            if (start_of(group) < first || end_of(group) > last) return false;
            for (const auto other : groups_[group].tasks) moved[other] = 1;
        }
        return true;
    }

    bool move_behind(const std::vector<std::size_t> &tasks)
    {
        auto first = positions_[tasks.front()];
        auto last = first;
        std::vector<char> moved(tasks_.size(), 0);
        for (const auto task : tasks) {
            moved[task] = 1;
            first = std::min(first, positions_[task]);
            last = std::max(last, positions_[task]);
        }
        std::ptrdiff_t count = 0;
        for (auto before = std::pair(count, last);; before = {count, last}) {
            // The place must not be within a group either.
            for (std::size_t i = 0; i < groups_.size(); ++i) {
                if (groups_[i].tasks.size() > 1 && start_of(i) <= last && end_of(i) > last) last = end_of(i);
            }
            for (auto position = first; position <= last; ++position) {
                const auto task = order_[position];
                if (moved[task] == 0 && follows_one_of(task, moved)) moved[task] = 1;
                if (moved[task] != 0 && !add_groups(task, first, order_.size(), moved)) return false;
            }
            count = std::count(moved.begin(), moved.end(), 1);
            if (before == std::pair(count, last)) break;
        }
        std::stable_partition(order_.begin() + static_cast<std::ptrdiff_t>(first), order_.begin() + static_cast<std::ptrdiff_t>(last) + 1, [&](std::size_t task) { return moved[task] == 0; });
        number_from(first);
        return true;
    }

    bool move_before(std::size_t task, std::size_t first)
    {
        const auto last = positions_[task];
        std::vector<char> moved(tasks_.size(), 0);
        moved[task] = 1;
        std::ptrdiff_t count = 0;
        for (auto before = std::pair(count, first);; before = {count, first}) {
            for (std::size_t i = 0; i < groups_.size(); ++i) {
                if (groups_[i].tasks.size() > 1 && start_of(i) < first && end_of(i) >= first && end_of(i) < last) first = start_of(i);
            }
            for (auto position = last + 1; position-- > first;) {
                const auto other = order_[position];
                if (moved[other] == 0) continue;
                for (const auto earlier : tasks_[other].after) {
                    if (positions_[earlier] >= first && positions_[earlier] < last) moved[earlier] = 1;
                }
                if (!add_groups(other, 0, last, moved)) return false;
            }
            count = std::count(moved.begin(), moved.end(), 1);
            if (before == std::pair(count, first)) break;
        }
        std::stable_partition(order_.begin() + static_cast<std::ptrdiff_t>(first), order_.begin() + static_cast<std::ptrdiff_t>(last) + 1, [&](std::size_t other) { return moved[other] != 0; });
        number_from(first);
        return true;
    }

    const std::vector<Task> &tasks_;
    const std::vector<Group> &groups_;
    std::vector<std::size_t> &order_;
    std::vector<std::size_t> positions_;
    std::vector<std::vector<std::size_t>> groups_of_;
};

}  // namespace

std::vector<Gap> keep_together(const std::vector<Task> &tasks, const std::vector<Group> &groups, std::vector<std::size_t> &order)
{
    return Keeper(tasks, groups, order).run();
}

}  // namespace core::repair
