#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/drift.hpp"
#include "core/object_name.hpp"
#include "ledger/known.hpp"

namespace drift {

// A name that somebody gave, in the forms in which the ledger has names: as the
// server identifies objects, and as in the ids of facts.
class SoughtName {
  public:
    explicit SoughtName(core::ObjectName &&name);

    // A column, constraint, trigger...: the other names are of what it is a part of.
    bool is_part() const { return !part_name_.empty(); }
    const std::string &part_kind() const { return part_kind_; }
    const std::string &part_name() const { return part_name_; }
    const std::set<std::string> &whole_identities() const { return identities_; }
    const std::set<std::string> &whole_fact_names() const { return fact_names_; }

    // Whether it is the id of the object itself, or of what the part is of.
    bool is_whole(std::string_view fact_id, std::string_view object_type) const;
    // The same for the name that a ledger row has; the id is empty where the ledger has no definition.
    bool is_identity(const std::string &identity, std::string_view object_type, std::string_view fact_id) const;
    // What the guard has last seen under the name.
    std::vector<ledger::Known> known() const;
    bool has_part(const core::Facts &facts) const;

  private:
    bool is_of_kind(std::string_view kind, std::string_view object_type) const;
    void take_part();

    core::ObjectName name_;
    std::string kind_;  // of the whole, empty for any
    std::string part_kind_;
    std::string part_name_;
    std::set<std::string> identities_;
    std::set<std::string> fact_names_;
};

}  // namespace drift
