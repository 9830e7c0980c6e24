#pragma once

#include <vector>

#include "core/catalog_survey.hpp"
#include "pg/call.hpp"

namespace catalog {

// An object whose rows are in catalogs that all databases share.
struct SharedObject {
    Oid catalog;
    Oid object;
    core::Stamp stamp;
};

struct PassResult {
    core::Stamp common;  // of what is on no page of the map
    std::vector<SharedObject> shared;  // by OID
    std::vector<std::uint32_t> own_groups;  // with rows that this transaction wrote
    // Whether the map was made anew; else what of it is not as it was.
    bool is_new = false;
    std::set<core::PagePlace> pages;
    std::set<std::uint32_t> groups;
    std::set<std::uint32_t> cut;  // catalogs, by place, that have fewer pages
    bool head = false;            // anything but pages and groups
};

// Brings the map up to date by one snapshot, reading no pages but those that were written since.
PassResult pass_over_catalogs(core::CatalogMap &map, std::optional<core::NodeIndex> &index);

}  // namespace catalog
