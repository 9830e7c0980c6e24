#pragma once

#include "catalog/page_scribe.hpp"

namespace catalog {

// Tells the scribe what the rows of one catalog say of objects; inside pg::call only.
class RowReader {
  public:
    // The catalog stays open for as long.
    explicit RowReader(Relation catalog);

    void read(HeapTuple tuple, PageScribe *scribe) const;

  private:
    void read_dependency(HeapTuple tuple, PageScribe *scribe) const;

    Oid catalog_;
    TupleDesc columns_;
    Layout layout_;
    bool for_all_;
};

}  // namespace catalog
