#pragma once

#include "pg/spi.hpp"

namespace pg {

// The materialized result of a set-returning function.
class ResultSet {
  public:
    // Raises when the caller cannot take a set.  scalar: SETOF a type that is no row type.
    explicit ResultSet(FunctionCallInfo fcinfo, bool scalar = false);
    // One row, columns in order; the count must be the function's.
    void add(std::initializer_list<Parameter> columns);
    int columns() const { return info_->setDesc->natts; }

  private:
    ReturnSetInfo *info_;
};

}  // namespace pg
