#include "core/catalog_map_bytes.hpp"

#include <algorithm>

#include "core/bytes.hpp"
#include "core/cpp_only.hpp"

namespace core {
namespace {

// Of a catalog, whose OID is below: initdb made it.
constexpr std::uint32_t object_bit = 1U << 31;
constexpr std::uint32_t end_of_catalogs = 16384;

bool take_count(std::string_view &bytes, std::size_t &count, std::size_t least_size)
{
    std::uint32_t number = 0;
    if (!take_bytes(bytes, number) || number > bytes.size() / least_size) return false;
    count = number;
    return true;
}

void append_count(std::string &out, std::size_t count) { append_bytes(out, static_cast<std::uint32_t>(count)); }

void append_stamp(std::string &out, Stamp stamp)
{
    append_bytes(out, stamp.first);
    append_bytes(out, stamp.second);
}

bool take_stamp(std::string_view &bytes, Stamp &stamp) { return take_bytes(bytes, stamp.first) && take_bytes(bytes, stamp.second); }

}  // namespace

std::size_t parts_of(const CatalogMap &map)
{
    std::size_t parts = parts_of(map.groups.size(), groups_in_part);
    for (const auto &catalog : map.catalogs) parts += parts_of(catalog.pages.size(), pages_in_part);
    return parts;
}

std::string map_head(const CatalogMap &map)
{
    std::string out;
    append_bytes(out, map.server_start);
    append_bytes(out, map.elsewhere);
    append_count(out, map.groups.size());
    append_count(out, map.catalogs.size());
    for (const auto &catalog : map.catalogs) {
        append_bytes(out, catalog.catalog);
        append_bytes(out, catalog.file);
        append_count(out, catalog.pages.size());
        append_count(out, catalog.visibility.size());
        for (const auto written : catalog.visibility) append_bytes(out, written);
    }
    return out;
}

bool read_map_head(std::string_view bytes, std::size_t parts, CatalogMap &map)
{
    constexpr std::size_t catalog_size = 4 * sizeof(std::uint32_t);
    std::size_t catalogs = 0;
    std::uint32_t groups = 0;
    map = {};
    if (!take_bytes(bytes, map.server_start) || !take_bytes(bytes, map.elsewhere) || !take_bytes(bytes, groups)) return false;
    if (!take_count(bytes, catalogs, catalog_size)) return false;
    std::vector<std::uint32_t> pages(catalogs);
    std::size_t found = parts_of(groups, groups_in_part);
    for (auto &count : pages) {
        CatalogMap::Catalog catalog;
        std::size_t visibility = 0;
        if (!take_bytes(bytes, catalog.catalog) || !take_bytes(bytes, catalog.file) || !take_bytes(bytes, count)) return false;
        if (!take_count(bytes, visibility, sizeof(std::uint64_t))) return false;
        catalog.visibility.resize(visibility);
        for (auto &written : catalog.visibility) take_bytes(bytes, written);
        map.catalogs.push_back(std::move(catalog));
        found += parts_of(count, pages_in_part);
    }
    // No more room than for what is there.
    if (found != parts || !bytes.empty()) return false;
    for (std::size_t i = 0; i < catalogs; ++i) map.catalogs[i].pages.resize(pages[i]);
    map.groups.resize(groups);
    return true;
}

std::string page_part(const CatalogMap::Catalog &catalog, std::size_t part)
{
    std::string out;
    const auto end = std::min((part + 1) * pages_in_part, catalog.pages.size());
    for (auto i = part * pages_in_part; i < end; ++i) {
        const auto &page = catalog.pages[i];
        append_bytes(out, page.written);
        append_stamp(out, page.common);
        append_count(out, page.shares.size());
        for (const auto &share : page.shares) {
            append_bytes(out, share.group);
            append_stamp(out, share.stamp);
        }
    }
    return out;
}

bool read_page_part(std::string_view bytes, CatalogMap &map, std::size_t catalog, std::size_t part)
{
    constexpr std::size_t share_size = sizeof(std::uint32_t) + 2 * sizeof(std::uint64_t);
    if (catalog >= map.catalogs.size()) return false;
    auto &pages = map.catalogs[catalog].pages;
    const auto end = std::min((part + 1) * pages_in_part, pages.size());
    for (auto i = part * pages_in_part; i < end; ++i) {
        std::size_t shares = 0;
        if (!take_bytes(bytes, pages[i].written) || !take_stamp(bytes, pages[i].common) || !take_count(bytes, shares, share_size)) return false;
        pages[i].shares.resize(shares);
        for (auto &share : pages[i].shares) {
            if (!take_bytes(bytes, share.group) || share.group >= map.groups.size() || !take_stamp(bytes, share.stamp)) return false;
        }
    }
    return bytes.empty();
}

std::string group_part(const CatalogMap &map, std::size_t part)
{
    std::string out;
    const auto end = std::min((part + 1) * groups_in_part, map.groups.size());
    for (auto i = part * groups_in_part; i < end; ++i) {
        const auto &group = map.groups[i];
        append_bytes(out, static_cast<std::uint8_t>(group.misses ? 1 : 0));
        append_count(out, group.nodes.size());
        for (const auto &node : group.nodes) {
            append_bytes(out, node.catalog | (node.is_object ? object_bit : 0));
            append_bytes(out, node.object);
        }
        append_count(out, group.mentioned.size());
        for (const auto object : group.mentioned) append_bytes(out, object);
    }
    return out;
}

bool read_group_part(std::string_view bytes, CatalogMap &map, std::size_t part)
{
    const auto end = std::min((part + 1) * groups_in_part, map.groups.size());
    for (auto i = part * groups_in_part; i < end; ++i) {
        auto &group = map.groups[i];
        std::uint8_t misses = 0;
        std::size_t count = 0;
        if (!take_bytes(bytes, misses) || !take_count(bytes, count, 2 * sizeof(std::uint32_t))) return false;
        group.misses = misses != 0;
        group.nodes.resize(count);
        for (auto &node : group.nodes) {
            take_bytes(bytes, node.catalog);
            take_bytes(bytes, node.object);
            node.is_object = (node.catalog & object_bit) != 0;
            node.catalog &= ~object_bit;
            if (node.catalog == 0 || node.catalog >= end_of_catalogs) return false;
        }
        if (!take_count(bytes, count, sizeof(std::uint32_t))) return false;
        group.mentioned.resize(count);
        for (auto &object : group.mentioned) take_bytes(bytes, object);
    }
    return bytes.empty();
}

}  // namespace core
