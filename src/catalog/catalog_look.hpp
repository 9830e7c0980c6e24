#pragma once

#include "catalog/scan.hpp"
#include "core/catalog_map.hpp"

// Which pages of a catalog were written since they were read; inside pg::call only.
namespace catalog {

// In the memory context that is current.
struct Look {
    Oid file;
    BlockNumber blocks;
    BlockNumber *written;      // pages that may have other rows than the map has of them, in order
    BlockNumber written_count;
    std::uint64_t *visibility;  // as CatalogMap::Catalog has it
    int visibility_count;
};

// known: of the map, null when it has nothing of the catalog.  What is visible to the snapshot of the caller, who took it
// before, is on pages that are named, or as the map says.
Look look_at(Relation catalog, const core::CatalogMap::Catalog *known);

// A large catalog shall not drive everything else out of the buffers; null for one that does not.
BufferAccessStrategy strategy_for(Relation catalog);

}  // namespace catalog
