#pragma once

#include <string>
#include <vector>

#include "ledger/batch.hpp"

namespace ledger {

struct Verified {
    std::int64_t seals = 0;
    std::int64_t rows = 0;
    std::int64_t pruned = 0;
    std::string chain;
};

// Checks the seals in order, up to the one of that number, under one snapshot,
// and raises LG005 for the first that does not hold.
Verified verify(pg::SpiSession &spi, const std::vector<KeptSeal> &seals, std::int64_t last);

}  // namespace ledger
