#pragma once

#include "catalog/scan.hpp"
#include "core/catalog_map.hpp"

// Which pages of a catalog were written since they were read; inside pg::call only.
namespace catalog {

// In the memory context that is current.
struct Look {
    Oid file;
    BlockNumber blocks;
    BlockNumber *to_read;  // pages that may have other rows than the map has of them, in order
    BlockNumber to_read_count;
    std::uint64_t *visibility;  // as CatalogMap::Catalog has it
    int visibility_count;
};

// What is visible to the snapshot of the caller, who took it before, is on pages that are named, or as the map says.
//   known              of the map, null when it has nothing of the catalog
//   trusts_visibility  whether the visibility map was looked at by this server since it started: it may come from a backup
//                      in which it does not fit the pages
Look look_at(Relation catalog, const core::CatalogMap::Catalog *known, bool trusts_visibility);

// Of a catalog's map that does not say what its pages say.
void distrust_visibility(std::uint64_t *visibility, std::size_t count);

// A large catalog shall not drive everything else out of the buffers; null for one that does not.
BufferAccessStrategy strategy_for(Relation catalog);

}  // namespace catalog
