#pragma once

#include <optional>

#include "catalog/stamp_pass.hpp"
#include "core/fact.hpp"

namespace catalog {

// Where the rows of all catalogs lie and who wrote them, gathered in one pass under one snapshot,
// without looking at what they say but for names of roles and tablespaces.  Objects are in groups: a
// table with its columns, constraints, indexes, triggers..., a type with its array type and so on;
// each row counts for the group of the object it is a part of.
//
// A row with the same place and writer is the same row, as long as its catalog was not rewritten and
// transaction numbers did not come round: a place is given again only when no transaction can see
// the row that was there, and then to another transaction.
class Stamps {
  public:
    static constexpr std::uint32_t no_group = core::CatalogMap::no_group;

    // map: as the catalogs were in some earlier pass, or empty; brought up to date.  It stays, unchanged, as long as this.
    explicit Stamps(core::CatalogMap &map);

    // Of what may show in the facts of any object: the system's own rows, operators, casts, collations
    // and the like, the files of the catalogs, the key that hides secrets.
    core::Stamp common() const { return pass_.common; }

    // Numbers of groups are below; some are of no group.
    std::uint32_t groups() const { return static_cast<std::uint32_t>(map_.groups.size() + pass_.shared.size()); }
    bool exists(std::uint32_t group) const { return group >= map_.groups.size() || !map_.groups[group].nodes.empty(); }
    core::Stamp stamp(std::uint32_t group) const { return group < map_.groups.size() ? stamps_[group] : shared(group).stamp; }
    // Whether it has rows that this transaction wrote.
    bool is_own(std::uint32_t group) const { return std::binary_search(pass_.own_groups.begin(), pass_.own_groups.end(), group); }
    core::Address head(std::uint32_t group) const;
    // Not for pg::call, where nothing else may be owned, unless prepare() was called before.
    std::uint32_t group_of(core::Address object) const;
    void prepare() const { index(); }

    // Marks the groups whose facts may say something of the groups marked already: what refers to them
    // and, by way of types, functions and the like, what refers to those.  The catalogs' own record of
    // dependencies counts, and every column that holds an OID.  A group that refers to what is not
    // there is marked as well.
    void spread(std::vector<char> &marked) const;

    // Objects that have rows of their own in the groups marked, by catalog and OID.
    std::vector<core::Address> objects(const std::vector<char> &marked) const;

    // What the pass did to the map.
    const PassResult &pass() const { return pass_; }

  private:
    const SharedObject &shared(std::uint32_t group) const { return pass_.shared[group - map_.groups.size()]; }
    const core::NodeIndex &index() const;
    std::vector<std::uint32_t> oids_of(const std::vector<char> &groups, bool of_relations) const;

    const core::CatalogMap &map_;
    mutable std::optional<core::NodeIndex> index_;  // once it is asked
    PassResult pass_;
    std::vector<core::Stamp> stamps_;  // by group of the map
};

}  // namespace catalog
