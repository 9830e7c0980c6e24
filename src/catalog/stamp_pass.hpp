#pragma once

#include "catalog/kept_pages.hpp"

namespace catalog {

// What one pass over all catalogs found but for the objects themselves, in the memory context current when it was made.
struct PassResult {
    core::Stamp common;
    Stamps::Mention *mentions = nullptr;
    std::size_t mention_count = 0;
    Stamps::Group *groups = nullptr;
    std::uint32_t group_count = 0;
};

// About how many objects there are: moving a table of many costs as much as filling it.  Inside pg::call only.
std::size_t likely_objects();

// Reads all pages but those kept that were not written since, and leaves what it found of objects in the nodes.  Inside pg::call only.
PassResult pass_over_catalogs(KeptPages *kept);

}  // namespace catalog
