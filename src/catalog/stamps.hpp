#pragma once

#include <cstdint>
#include <vector>

#include "core/fact.hpp"
#include "core/stamp.hpp"
#include "pg/call.hpp"

namespace catalog {

class KeptPages;
class NodeTable;

// Where the rows of all catalogs lie and who wrote them, gathered in one pass under one snapshot,
// without looking at what they say but for names of roles and tablespaces.  Objects are in groups: a
// table with its columns, constraints, indexes, triggers..., a type with its array type and so on;
// each row counts for the group of the object it is a part of.
//
// A row with the same place and writer is the same row, as long as its catalog was not rewritten and
// transaction numbers did not come round: a place is given again only when no transaction can see
// the row that was there, and then to another transaction.
//
// The session remembers what the pages said, for passes to come; one pass is looked at at a time.
class Stamps {
  public:
    static constexpr std::uint32_t no_group = UINT32_MAX;

    struct Group {
        std::uint32_t head;  // node of its first object
        core::Stamp stamp;
        bool own;  // has rows that this transaction wrote
    };

    Stamps();
    ~Stamps();
    Stamps(const Stamps &) = delete;
    Stamps &operator=(const Stamps &) = delete;

    // Of what may show in the facts of any object: the system's own rows, operators, casts, collations
    // and the like, the files of the catalogs, the key that hides secrets.
    core::Stamp common() const { return common_; }

    std::uint32_t groups() const { return group_count_; }
    const Group &group(std::uint32_t number) const { return groups_[number]; }
    core::Address head(std::uint32_t number) const;
    std::uint32_t group_of(core::Address object) const;

    // Marks the groups whose facts may say something of the groups marked already: what refers to them
    // and, by way of types, functions and the like, what refers to those.  The catalogs' own record of
    // dependencies counts, and every column that holds an OID.  A group that refers to what is not
    // there is marked as well.
    void spread(std::vector<char> &marked) const;

    // Objects that have rows of their own in the groups marked, in the order in which the catalogs hold them.
    std::vector<core::Address> objects(const std::vector<char> &marked) const;

    // An object, or what has rows only for what is said of it.
    struct Node {
        Oid catalog;
        Oid object;
        std::uint32_t group;
        std::uint32_t place;  // counts rows with an OID, from 1; 0 without one
        core::Stamp stamp;
        bool own;
        bool seen;  // there is a row of it, or of something that is a part of it
    };
    // The rows of the node mention the OID.
    struct Mention {
        std::uint32_t node;
        Oid object;
    };

  private:
    static core::Address address_of(const Node &node) { return {node.catalog, node.object, 0}; }

    void find();

    MemoryContext context_;
    KeptPages *kept_ = nullptr;
    core::Stamp common_;
    const NodeTable *nodes_ = nullptr;  // of kept_
    Mention *mentions_ = nullptr;
    std::size_t mention_count_ = 0;
    Group *groups_ = nullptr;
    std::uint32_t group_count_ = 0;
};

}  // namespace catalog
