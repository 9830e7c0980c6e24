#pragma once

#include <unordered_set>

#include "core/repair/changes.hpp"

namespace core::repair {

// What goes, for good or to come again: which of it goes first, and what goes along with what.
class Leaving {
  public:
    // All of these outlive it.
    Leaving(const Scene &scene, const Mentions &from, const Changes &changes);

    const std::set<std::string> &all() const { return gone_; }
    // What must make way before anything is made, with all that is made from it.
    const std::set<std::string> &first() const { return first_; }
    // Whether it is a foreign key of tables that refer to each other: none of them can go before it.
    bool is_in_circle(const Fact &key) const { return in_circles_.contains(key.id); }
    // The functions of a base type and the type need each other.
    bool goes_with_type(const Fact &function) const;
    // Nothing but CASCADE drops a type and its functions, and it would take along whatever else is made from them.
    void drop_with_functions(const Fact &type, Steps &steps) const;

  private:
    void find_made_names();
    void find_first();
    void find_circles();
    bool goes_first(const Fact &fact) const;
    bool reads_disturbed_column(const Fact &fact, const Fact &table) const;
    bool has_rival(const Fact &fact) const;
    void add_staying_users(const Fact &fact, const Fact &type, std::set<std::string> &users) const;

    const Scene &scene_;
    const Mentions &from_;
    const Changes &changes_;
    std::set<std::string> gone_;
    std::set<std::string> first_;
    std::unordered_set<std::string> in_circles_;
    std::set<std::string> made_relations_;
    std::set<std::string> made_routines_;
};

}  // namespace core::repair
