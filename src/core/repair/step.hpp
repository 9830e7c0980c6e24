#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/fact.hpp"
#include "core/repair/dialect.hpp"

namespace core::repair {

using FactMap = std::map<std::string, Fact, std::less<>>;

// What a step does to what is there, from harmless to lossy.
//   manual   no command can do it; the detail says why and what to do
enum class Effect { none, weakens, rewrites, scans, loses_data, manual };

// How a step holds others up.
enum class Lock { none, share_update_exclusive, share, share_row_exclusive, access_exclusive };

// When a step may run beside others.
//   in_transaction   with its neighbours
//   apart            in a transaction of its own: what it makes can be used only after its commit, or it holds a lock
//                    that must not be held beside the others
//   outside          outside of a transaction block
enum class Setting { in_transaction, apart, outside };

// One command of a plan.
//   fact     id of the fact that it is about
//   rule     of the guard's catalogue, empty when none judges it
//   late     it needs what is made after its fact, such as a table's index
struct Step {
    std::string command;
    std::string fact;
    Effect effect = Effect::none;
    Lock lock = Lock::none;
    Setting setting = Setting::in_transaction;
    std::string rule;
    std::string detail;
    bool late = false;
};

using Steps = std::vector<Step>;

std::string_view effect_word(Effect effect);
std::string_view lock_word(Lock lock);

// What commands about one fact are made from.  All that it refers to outlives it: there is one for each fact.
struct Scene {
    const Dialect &sql;
    const FactMap &from;  // what is there
    const FactMap &to;    // what is wanted
    bool online = true;   // forms that hold up others as little as possible
    // Enums of which is known that labels were renamed: others with other labels have lost some and got new ones.
    const std::set<std::string> &relabelled = no_enums;
    // What is known of sequences that are there, and of those behind columns: the value that each has now.
    const std::map<std::string, std::int64_t, std::less<>> &last_values = no_values;

    // Whether all is known that is wanted of a table.  What it has by its parents the ledger does not tell when it leaves them.
    bool complete = true;

    // The same between other facts.
    Scene between(const FactMap &before, const FactMap &after) const { return {sql, before, after, online, relabelled, last_values, complete}; }

    static inline const std::set<std::string> no_enums;
    static inline const std::map<std::string, std::int64_t, std::less<>> no_values;
};

}  // namespace core::repair
