#pragma once

#include "catalog/stamps.hpp"

namespace catalog {

// Slots of the hash of OIDs: those that were given one after the other lie together, and so do the rows that name them.
inline std::uint32_t hash_of(Oid object) { return static_cast<std::uint32_t>(core::scatter(object >> 4) << 4) | (object & 15); }

// What one pass over all catalogs found, in the memory context current when it was made.
struct PassResult {
    core::Stamp common;
    Stamps::Node *nodes = nullptr;
    std::uint32_t node_count = 0;
    std::uint32_t *slots = nullptr;
    std::uint32_t slot_mask = 0;
    Stamps::Mention *mentions = nullptr;
    std::size_t mention_count = 0;
    Stamps::Group *groups = nullptr;
    std::uint32_t group_count = 0;
};

// Inside pg::call only.
PassResult pass_over_catalogs();

}  // namespace catalog
