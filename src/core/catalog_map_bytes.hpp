#pragma once

#include <string>
#include <string_view>

#include "core/catalog_map.hpp"

// A map in pieces of bytes, for this server only: a change touches few of them.
namespace core {

constexpr std::size_t pages_in_part = 64;
constexpr std::size_t groups_in_part = 64;

inline std::size_t parts_of(std::size_t items, std::size_t in_part) { return (items + in_part - 1) / in_part; }

// Catalogs without what is on their pages, and how many groups there are.
std::string map_head(const CatalogMap &map);
std::string page_part(const CatalogMap::Catalog &catalog, std::size_t part);
std::string group_part(const CatalogMap &map, std::size_t part);

// How many parts there are, of pages and of groups.
std::size_t parts_of(const CatalogMap &map);

// The way back: a head makes room for so many parts, which are then read in any order.  False, and the map is of no use,
// where the bytes are not what was written, or of a map with another number of parts.
bool read_map_head(std::string_view bytes, std::size_t parts, CatalogMap &map);
bool read_page_part(std::string_view bytes, CatalogMap &map, std::size_t catalog, std::size_t part);
bool read_group_part(std::string_view bytes, CatalogMap &map, std::size_t part);

}  // namespace core
