#pragma once

#include "core/repair/step.hpp"

namespace core::repair {

// An object or part that is to have another name, or another schema: its fact's id before and after.
struct Rename {
    std::string from;
    std::string to;
};

// Adds the commands that rename, and gives the facts as they are afterwards: ids, parents, and names in texts.
FactMap renamed(const Dialect &sql, const FactMap &facts, const std::vector<Rename> &renames, Steps &steps);

}  // namespace core::repair
