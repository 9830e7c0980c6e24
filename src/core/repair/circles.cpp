#include "core/repair/circles.hpp"

#include <algorithm>
#include <limits>

#include "core/cpp_only.hpp"

namespace core::repair {

// Tarjan's way, without recursion: a path may have more nodes than the stack has room for.
std::vector<std::size_t> circles_of(const std::vector<std::vector<std::size_t>> &edges)
{
    struct Visit {
        std::size_t node;
        std::size_t next;  // edge to follow
    };
    constexpr auto none = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> circles(edges.size(), none);
    std::vector<std::size_t> numbers(edges.size(), none);  // in the order of visits
    std::vector<std::size_t> lowest(edges.size(), none);   // the first node that is known to be reached from it
    std::vector<std::size_t> waiting;                      // visited, but of no circle yet
    std::vector<Visit> path;
    std::size_t count = 0;
    const auto enter = [&](std::size_t node) {
        numbers[node] = lowest[node] = count++;
        waiting.push_back(node);
        path.push_back({node, 0});
    };
    for (std::size_t start = 0; start < edges.size(); ++start) {
        if (numbers[start] != none) continue;
        enter(start);
        while (!path.empty()) {
            auto &[node, next] = path.back();
            if (next < edges[node].size()) {
                const auto other = edges[node][next++];
                if (numbers[other] == none) enter(other);
                else if (circles[other] == none) lowest[node] = std::min(lowest[node], numbers[other]);
                continue;
            }
            const auto done = node;
            path.pop_back();
            if (!path.empty()) lowest[path.back().node] = std::min(lowest[path.back().node], lowest[done]);
            if (lowest[done] != numbers[done]) continue;
            while (circles[done] == none) {
                circles[waiting.back()] = done;
                waiting.pop_back();
            }
        }
    }
    return circles;
}

}  // namespace core::repair
