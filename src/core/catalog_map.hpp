#pragma once

#include <cstdint>
#include <vector>

#include "core/stamp.hpp"

namespace core {

// Where the rows of the catalogs lie and what they are rows of, page by page, as one look under one snapshot found it.
// Objects are in groups: a table with its columns, constraints, indexes..., a type with its array type and so on; each
// row counts for the group of the object that it is a part of.
struct CatalogMap {
    static constexpr std::uint32_t no_group = UINT32_MAX;

    // An object, or what has rows only for what is said of it.
    struct Node {
        std::uint32_t catalog;
        std::uint32_t object;
        bool is_object;  // it has a row of its own

        bool operator==(const Node &) const = default;
    };

    // The rows of one group on a page.
    struct Share {
        std::uint32_t group;
        Stamp stamp;

        bool operator==(const Share &) const = default;
    };

    struct Page {
        // Where the log ended that the page had; 0 where another look may find the rows differ without it being written.
        std::uint64_t written = 0;
        Stamp common;               // rows that may show in any object
        std::vector<Share> shares;  // by group

        bool operator==(const Page &) const = default;
    };

    struct Catalog {
        std::uint32_t catalog = 0;
        std::uint32_t file = 0;
        // Of each page of its visibility map, where the log ended that it had; 0 for one that is not there.
        std::vector<std::uint64_t> visibility;
        std::vector<Page> pages;

        bool operator==(const Catalog &) const = default;
    };

    struct Group {
        std::vector<Node> nodes;               // by OID, then catalog; the first names the group; none: the number is free
        std::vector<std::uint32_t> mentioned;  // OIDs in its rows, ascending
        bool misses = false;                   // one of them is no object's

        bool operator==(const Group &) const = default;
    };

    std::vector<Catalog> catalogs;
    std::vector<Group> groups;
    std::int64_t server_start = 0;  // of the server whose visibility maps were looked at
    std::uint64_t elsewhere = 0;    // stands for the OIDs that are objects' and in no catalog here

    bool operator==(const CatalogMap &) const = default;
};

// Finds the groups of a map, or what else has numbers, by objects; knows nothing of changes that it is not told.
class NodeIndex {
  public:
    NodeIndex();
    explicit NodeIndex(const CatalogMap &map);

    // no_group when the object is in none.
    std::uint32_t group_of(std::uint32_t catalog, std::uint32_t object) const;
    // Whether an object of any catalog has the OID and a row of its own.
    bool is_object(std::uint32_t object) const;

    // Makes room for so many in all, so that they need not be moved as they come.
    void reserve(std::size_t nodes) { if (nodes > slots_.size() / 2) grow(nodes); }
    void add(const CatalogMap::Node &node, std::uint32_t group);
    void remove(const CatalogMap::Node &node);

  private:
    struct Slot {
        std::uint32_t catalog;  // 0: free
        std::uint32_t object;
        std::uint32_t group;    // no_group: removed
        bool is_object;
    };

    void grow(std::size_t nodes);
    std::size_t place_of(std::uint32_t catalog, std::uint32_t object) const;

    std::vector<Slot> slots_;
    std::size_t used_ = 0;
};

}  // namespace core
