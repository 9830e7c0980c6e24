#pragma once

#include "catalog/stamp_page.hpp"

namespace catalog {

// What the pages of the catalogs said of objects in earlier passes of this session.  A session's memory of them is given
// up when it is larger than maintenance_work_mem, and when many of the objects in it are gone.
class KeptPages {
  public:
    // The session's, with nothing of the last pass in its nodes; one of its own for a pass within a pass.  Inside
    // pg::call only.  room: for so many objects at first.
    static KeptPages *take(std::size_t room);

    // When nothing that the pass found is needed any more.  is_sound: whether it came to its end.  Raises nothing.
    void give_back(bool is_sound);

    NodeTable *nodes() { return &nodes_; }

    // The records of a catalog's pages, null where none is kept: of so many pages at least, in the file given.
    PageRecord **pages_of(Oid catalog, Oid file, BlockNumber blocks);
    void keep(PageRecord **place, const PageRecord &record, XLogRecPtr written);

  private:
    struct Catalog {
        Oid catalog;
        Oid file;
        BlockNumber blocks;
        PageRecord **pages;
        Catalog *next;
    };

    KeptPages(MemoryContext context, std::size_t room) : context_(context), nodes_(room) {}

    bool is_worth_keeping() const;
    static void forget(PageRecord **place);

    MemoryContext context_;
    NodeTable nodes_;
    Catalog *catalogs_ = nullptr;
};
static_assert(std::is_trivially_destructible_v<KeptPages>);

}  // namespace catalog
