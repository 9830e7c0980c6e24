#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/fact.hpp"

namespace core {

// Raises SnapshotError for a fact that no reader of this version makes: of an
// unknown kind, with an unknown attribute or one of another type, or a part of
// what such a thing cannot be a part of.  So no chain of parents is endless:
// each parent is of a kind nearer to the schema.
void check_fact(const Fact &fact);

// Whether a difference can be of that kind, and have that attribute: of the kind, or of any when that is empty.
bool is_drift_kind(std::string_view kind);
bool is_drift_attribute(std::string_view kind, std::string_view attribute);
bool is_fact_kind(std::string_view name);

// Looks whether the parents that parts cannot be without are there.  Schemas
// and the tables of indexes can be missing: an extension's are not among the facts.
class ParentCheck {
  public:
    void add(const Fact &fact, std::int64_t line);
    // After the last one; raises SnapshotError, and line() tells where.
    void finish();
    std::int64_t line() const { return line_; }

  private:
    struct Part {
        std::string id;
        std::int64_t line;
    };
    std::unordered_map<std::string, Part> wanted_;  // the first part, by the parent's id
    std::unordered_set<std::string> wholes_;
    std::int64_t line_ = 0;
};

}  // namespace core
