#pragma once

#include <set>
#include <span>
#include <utility>

#include "core/catalog_map.hpp"

namespace core {

// What the rows of a page that are visible say; all of it the caller's memory, looked at within one call.
struct PageRows {
    // Rows of one object; several runs may be of the same.
    struct Run {
        std::uint32_t catalog;
        std::uint32_t object;
        bool is_object;  // its own row is among them
        bool own;        // the transaction that looks wrote one of them
        Stamp stamp;
    };
    // Two objects that are parts of each other or of one whole.
    struct Join {
        std::uint32_t catalog;
        std::uint32_t object;
        std::uint32_t other_catalog;
        std::uint32_t other;
    };
    // Rows of the object hold the OID of another.
    struct Mention {
        std::uint32_t catalog;
        std::uint32_t object;
        std::uint32_t mentioned;
    };

    Stamp common;
    std::span<const Run> runs;
    std::span<const Join> joins;  // of objects that have runs on the page
    std::span<const Mention> mentions;
};

// Which catalog of the map, and which page of it.
struct PagePlace {
    std::uint32_t catalog;
    std::uint32_t page;

    auto operator<=>(const PagePlace &) const = default;
};

// Brings a map up to date: all pages that may have changed are read under one snapshot, then those that hold other rows of
// the groups that did change.  What comes of it is what a look at all pages would have found.  An empty map is filled.
class CatalogSurvey {
  public:
    // The map has all pages that the catalogs have now, and those that they do not have any more, which are added without
    // rows; its owner changes nothing else meanwhile.
    //   elsewhere  OIDs of objects that the map knows nothing of, ascending
    CatalogSurvey(CatalogMap &map, NodeIndex &index, const std::vector<std::uint32_t> &elsewhere);

    // One page, once.  written: as CatalogMap::Page has it.
    void add_page(PagePlace place, const PageRows &rows, std::uint64_t written);

    // Pages that are to be read as well; to be asked again when they were added, until there are none.
    std::vector<PagePlace> more_pages();

    // Changes the map and the index.  Nothing of the survey is of use afterwards but what follows.
    void finish();

    // Of the OIDs, as CatalogMap has it.
    static std::uint64_t sum_of(const std::vector<std::uint32_t> &elsewhere);

    // Numbers of groups that are not what they were, those that are free now included, and of those with rows of the
    // transaction that looks.
    const std::set<std::uint32_t> &changed_groups() const { return changed_groups_; }
    const std::set<std::uint32_t> &own_groups() const { return own_groups_; }
    const std::set<PagePlace> &changed_pages() const { return changed_pages_; }

  private:
    struct Object {
        CatalogMap::Node node;
        std::uint32_t group;   // in the map as it was
        std::uint32_t parent;  // of the forest that joins make
        bool own;
    };
    struct Run {
        std::uint32_t object;
        Stamp stamp;
    };
    struct Read {
        PagePlace place;
        std::uint64_t written;
        Stamp common;
        std::size_t first_run;
        std::size_t runs;
    };
    struct Mention {
        std::uint32_t object;
        std::uint32_t mentioned;
    };
    using Numbers = std::vector<std::uint32_t>;

    std::uint32_t number_of(std::uint32_t catalog, std::uint32_t object);
    std::uint32_t root_of(std::uint32_t object);
    void join(std::uint32_t left, std::uint32_t right);
    const CatalogMap::Page &page(PagePlace place) const { return map_.catalogs[place.catalog].pages[place.page]; }
    void compare_shares(const Read &read);
    bool is_concerned(const Object &object) const { return object.group == CatalogMap::no_group || affected_[object.group] != 0; }
    void affect(std::uint32_t group);
    void affect_joined();
    Numbers free_affected(std::set<std::uint32_t> &gone);
    void make_groups(Numbers &free);
    void note_mentions();
    void renew_pages();
    void find_misses(const std::set<std::uint32_t> &gone, bool of_all);
    bool is_there(std::uint32_t object) const;

    CatalogMap &map_;
    NodeIndex &index_;
    const std::vector<std::uint32_t> &elsewhere_;
    std::vector<Object> objects_;
    NodeIndex numbers_;  // places in that
    std::uint32_t last_ = 0;
    std::vector<Run> runs_;
    std::vector<Mention> mentions_;
    std::vector<Read> reads_;
    std::set<PagePlace> is_read_;
    std::vector<char> affected_;  // by group
    bool any_new_ = false;        // affected since pages were last named
    std::vector<CatalogMap::Share> shares_;
    std::set<std::uint32_t> changed_groups_;
    std::set<std::uint32_t> own_groups_;
    std::set<PagePlace> changed_pages_;
};

}  // namespace core
