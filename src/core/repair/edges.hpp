#pragma once

#include "core/repair/changes.hpp"
#include "core/repair/together.hpp"

namespace core::repair {

// The tasks of one fact, which follow each other: each ends where a transaction does.
//   kept   the first that stands in a transaction with others: it makes the fact, or takes it away
struct Chain {
    std::size_t first = 0;
    std::size_t kept = 0;
    std::size_t last = 0;
};

using Chains = std::map<std::string, Chain, std::less<>>;

// What has to be done, by the ids of the facts.
//   leaves  partitions that are detached before they are dropped
//   lates   what needs things that are made after the fact
struct Work {
    std::vector<Task> tasks;
    Chains drops;
    Chains leaves;
    Chains makes;
    Chains lates;
};

// Says of each task which come before it.
//   first   what is dropped before anything is made
void add_edges(Work &work, const Scene &scene, const Mentions &from, const Mentions &to, const ParentParts &parts, const Changes &changes, const std::set<std::string> &first);

// What should be done within one transaction: dropping and making the same thing, and all that says who sees which rows.
std::vector<Group> groups_of(const Work &work, const Scene &scene, const Changes &changes);

}  // namespace core::repair
