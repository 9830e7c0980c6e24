#pragma once

#include "catalog/stamp_nodes.hpp"

// What the rows on one page of a catalog say of objects; inside pg::call only.
namespace catalog {

// Of a page whose rows cannot look otherwise to anybody later on, it can be kept, and holds as long as the page was not
// written since.
struct PageRecord {
    // Rows of one object.
    struct Counted {
        std::uint32_t node;
        bool is_object;  // its own row is among them
        bool own;        // this transaction wrote one of them: none of a page that is kept
        core::Stamp stamp;
    };
    struct Pair {
        std::uint32_t left;
        std::uint32_t right;
    };

    core::Stamp common;
    std::uint32_t counted_count;
    std::uint32_t joined_count;
    std::uint32_t mention_count;
    Counted *counted;
    Pair *joined;
    Stamps::Mention *mentions;
};

// Takes down one page after the other; the record is good until the next.
class PageScribe {
  public:
    // transaction: the caller's own, if it has a number.
    PageScribe(NodeTable *nodes, TransactionId transaction) : nodes_(nodes), own_(transaction) {}

    void begin_page();
    const PageRecord &record() const { return record_; }

    // For each row of a page.
    //   node      what the row is counted for, common_node for none
    //   for_all   whether it may show in the facts of any object
    void count(std::uint32_t node, Oid catalog, HeapTuple tuple, bool for_all);
    // The node has a row of its own here.
    void count_object(std::uint32_t node, Oid catalog, HeapTuple tuple, bool for_all);
    void join(std::uint32_t node, Oid catalog, Oid object);
    void mention(std::uint32_t node, Oid object);

    NodeTable &nodes() { return *nodes_; }

  private:
    NodeTable *nodes_;
    TransactionId own_;
    PageRecord record_{};
    std::uint32_t counted_room_ = 0;
    std::uint32_t joined_room_ = 0;
    std::uint32_t mention_room_ = 0;
};

// A copy in one piece, in the memory context given; pfree returns it.
PageRecord *copy_record(const PageRecord &record, MemoryContext context);

}  // namespace catalog
