#pragma once

#include <optional>

#include "ledger/record.hpp"
#include "pg/call.hpp"

namespace ledger {

// The definitions of a row as jsonb, where they exist in that form already.
struct Images {
    std::optional<Datum> before;
    std::optional<Datum> after;
    std::optional<Datum> difference;
};

// As append(change); the change's own definitions are not looked at.
std::int64_t append(const Change &change, const Images &images);

}  // namespace ledger
