#pragma once

#include "pg/spi.hpp"

namespace pg {

// The materialized result of a set-returning function.
class ResultSet {
  public:
    // Raises when the caller cannot take a set.
    explicit ResultSet(FunctionCallInfo fcinfo);
    // One row, columns in order; the count must be the function's.
    void add(std::initializer_list<Parameter> columns);
    int columns() const { return info_->setDesc->natts; }

  private:
    ReturnSetInfo *info_;
};

}  // namespace pg
