#pragma once

#include "pg/spi.hpp"
#include "pg/srf.hpp"

namespace status {

// The rows of status().
class Report {
  public:
    explicit Report(FunctionCallInfo fcinfo) : rows_(fcinfo) {}

    void add(std::string_view protection, bool on, std::string_view detail, std::string_view how);

  private:
    pg::ResultSet rows_;
};

// What is to be said of the ledger.
void add_seals(Report &report, pg::SpiSession &spi);
void add_unobserved(Report &report, pg::SpiSession &spi);

}  // namespace status
