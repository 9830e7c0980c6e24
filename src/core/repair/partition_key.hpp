#pragma once

#include <string>
#include <string_view>

namespace core::repair {

// Whether a key as facts hold it, "RANGE (a, lower(b) COLLATE app.c text_ops)", is made from the column.
bool is_in_partition_key(std::string_view key, const std::string &column);

}  // namespace core::repair
