#pragma once

#include "catalog/stamp_page.hpp"

namespace catalog {

// A page of a catalog as it was read last.
struct KeptPage {
    XLogRecPtr written;
    PageRecord *record;  // null: not kept
};

// What the pages of the catalogs said of objects in earlier passes of this session.  No more pages are kept once the
// memory for it reaches maintenance_work_mem; all are given up when the objects alone need more, or are gone for the most part.
class KeptPages {
  public:
    // The session's, with nothing of the last pass in its nodes; one of its own for a pass within a pass.  Inside
    // pg::call only.  room: for so many objects at first.
    static KeptPages *take(std::size_t room);

    // When nothing that the pass found is needed any more.  is_sound: whether it came to its end.  Raises nothing.
    void give_back(bool is_sound);

    NodeTable *nodes() { return &nodes_; }

    // The pages of a catalog, so many at least, as far as they were read from the file given.
    KeptPage *pages_of(Oid catalog, Oid file, BlockNumber blocks);
    void keep(KeptPage *page, const PageRecord &record, XLogRecPtr written);
    void forget(KeptPage *page);

  private:
    struct Catalog {
        Oid catalog;
        Oid file;
        BlockNumber room;
        KeptPage *pages;
        Catalog *next;
    };

    KeptPages(MemoryContext context, std::size_t room) : context_(context), nodes_(room) {}

    bool is_worth_keeping() const;
    // Of objects and records.
    Size memory() const;

    MemoryContext context_;
    NodeTable nodes_;
    Catalog *catalogs_ = nullptr;
    Size records_ = 0;  // bytes
};
static_assert(std::is_trivially_destructible_v<KeptPages>);

}  // namespace catalog
