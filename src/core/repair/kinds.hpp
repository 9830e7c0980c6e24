#pragma once

#include "core/repair/step.hpp"

namespace core::repair {

// What the planner knows of a kind.
//   rank   lower ones are made first and dropped last, where nothing else says so
//   leaf   nothing is made from it: it can go before all else
struct Kind {
    std::string_view name;
    int rank;
    bool leaf;
    void (*make)(const Scene &, const Fact *, const Fact &, Steps &);
    void (*drop)(const Scene &, const Fact &, Steps &);
};

// Raises nothing: an unknown kind is handled as one that nothing is known of, with a manual step.
const Kind &kind_of(const Fact &fact);

int rank_of(const Fact &fact);

}  // namespace core::repair
