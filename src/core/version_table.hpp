#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace core {

struct VersionTable {
    std::string schema;  // empty: in whatever schema
    std::string name;
};

// Reads a list of table names separated by commas, each plain or
// schema-qualified, as they stand in the catalogs or in double quotes.  Takes
// what it can read of any text: a bad setting must not keep a command from running.
std::vector<VersionTable> version_tables(std::string_view setting);

}  // namespace core
