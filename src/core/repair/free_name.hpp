#pragma once

#include <set>

#include "core/repair/step.hpp"

// Names that a plan makes up for things that are there for a while only.
namespace core::repair {

// before + name + after, cut to what the server takes, and another when a constraint of the table has it.
std::string free_constraint_name(const Scene &scene, const std::string &table, std::string_view before, std::string_view name, std::string_view after);
// The same for relations and types, which share the names of a schema.
std::string free_relation_name(const Scene &scene, const std::string &schema, std::string_view before, std::string_view name, std::string_view after);

// The same for who asks often: names of the indexes of keys, which are those of their constraints, before and after.
class KeyNames {
  public:
    explicit KeyNames(const Scene &scene);
    bool has(const std::string &schema, const std::string &name) const;

  private:
    std::set<std::string> names_;
};
std::string free_relation_name(const Scene &scene, const KeyNames &keys, const std::string &schema, std::string_view before, std::string_view name, std::string_view after);

}  // namespace core::repair
