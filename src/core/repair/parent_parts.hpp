#pragma once

#include <deque>
#include <optional>
#include <set>
#include <unordered_map>

#include "core/repair/free_name.hpp"

// Indexes and constraints that a table has as parts of those of its parents: no facts of its own, until it leaves them.
namespace core::repair {

class ParentParts {
  public:
    // The scene outlives it.
    explicit ParentParts(const Scene &scene);

    // Indexes and constraints of a table, before or after.
    const std::vector<const Fact *> &of_before(const std::string &table) const { return parts_of(from_, table); }
    const std::vector<const Fact *> &of_after(const std::string &table) const { return parts_of(to_, table); }

    // Its partitions as they are, and theirs.
    std::vector<const Fact *> partitions_under(const Fact &table) const;

    // Whether the part, which no fact tells of before, is there: the table keeps it when it leaves the parent that has the like.
    bool is_left(const Fact &part) const;

    // Whether a check that no fact is to tell of stays: it is a part of that of a parent that the table comes to.
    bool joins_parent(const Fact &part) const;

    // Keys of partitions that may stand on what is a part of the index: neither goes before the other, nothing but CASCADE drops both.
    std::vector<const Fact *> keys_on(const Fact &index) const;
    // Indexes of the table that stay and that another of the parent it comes to would take for its own.
    std::vector<const Fact *> taken_by_parent(const Fact &table) const;

    // Before the partition leaves its parent: gives indexes and keys, whose names are the server's choice, the names that they
    // are to have, or such as drop_left() knows.
    void name_left(const Fact &table, Steps &steps) const;
    // After a table left its parents: removes what it is not to keep.
    void drop_left(const Fact &table, Steps &steps) const;

  private:
    using ByTable = std::unordered_map<std::string_view, std::vector<const Fact *>>;

    // What becomes of a part of a parent.
    struct Left {
        const Fact *part;
        const Fact *kept;  // as what; null where it goes
        std::string name;
    };

    static const std::vector<const Fact *> &parts_of(const ByTable &tables, const std::string &table);
    const std::vector<Left> &left_with(const Fact &table) const;
    std::vector<Left> find_left(const Fact &table) const;
    const Fact *kept_as(const Fact &part, const Fact &table) const;
    const Fact *wanted_of_parent(const Fact &part, const Fact &table, const std::set<const Fact *> &others) const;

    const KeyNames &key_names() const;

    const Scene &scene_;
    ByTable from_;
    ByTable to_;
    std::unordered_map<std::string, std::vector<const Fact *>> partitions_;  // as they are, by their parents' names
    mutable std::unordered_map<std::string, std::vector<Left>> left_;              // by tables, once it was asked for
    mutable std::optional<KeyNames> key_names_;
};

// The names of a table's parents.
std::deque<std::string> parents_of(const Fact &table);
// The tables of these names and all that they come from, the nearest first.
std::vector<const Fact *> ancestors_of(const FactMap &facts, std::deque<std::string> parents);
// Those that the table, as it is, leaves for good or for a while.
std::vector<const Fact *> ancestors_left(const Scene &scene, const Fact &was);
// The tables that come from the one of this name, the nearest first.
std::vector<const Fact *> heirs_under(const FactMap &facts, const std::string &table);
// Whether a check of a table's own can become one with that of a parent of the same name.
bool can_become(const Fact &check, const Fact &parents);
// The id of a constraint of the same name of a table.
std::string id_on(const Fact &constraint, const Fact &table);

}  // namespace core::repair
