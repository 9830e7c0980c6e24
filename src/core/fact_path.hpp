#pragma once

#include <array>
#include <string>
#include <string_view>

namespace core {

// A step on the way from the whole to its part: how it is found among its
// siblings, and what it is called.
struct PathStep {
    std::string key;
    std::string_view name;
};

struct FactPath {
    std::string_view kind;
    std::array<PathStep, 3> steps;
    std::size_t size = 0;

    void add(std::string key, std::string_view name) { steps[size++] = {std::move(key), name}; }
};

// The way that a fact's id tells, from its schema or server; it points into the id.
FactPath path_of(std::string_view id);

// "kind:name".
std::string fact_key(std::string_view kind, std::string_view name);
// "column:version" of "column:public.prompts.version"; empty for what is no part of a table, a view or a type.
std::string part_key(std::string_view id);

}  // namespace core
