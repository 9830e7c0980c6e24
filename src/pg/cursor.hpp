#pragma once

#include "pg/spi.hpp"

namespace pg {

// A read-only query whose rows are taken in batches, inside a SpiSession that
// outlives it.  Memory is bounded by one batch.
class Cursor {
  public:
    Cursor(Statement &statement, std::initializer_list<Parameter> parameters);
    ~Cursor();
    Cursor(const Cursor &) = delete;
    Cursor &operator=(const Cursor &) = delete;

    // The next rows, none at the end; frees the batch before.
    Rows fetch(long count);

  private:
    int exceptions_at_start_;
    Portal portal_;
    SPITupleTable *batch_ = nullptr;
};

}  // namespace pg
