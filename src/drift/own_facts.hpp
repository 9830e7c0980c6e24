#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/fact.hpp"
#include "drift/owner_session.hpp"

namespace drift {

// What DDL text does not say, and a dump of the schema neither: the database's own properties, what roles have set in it,
// privileges on large objects.  They are taken from this database, in order of their keys.
struct OwnFact {
    std::string key;
    core::Fact fact;
};
std::vector<OwnFact> own_facts();
// Whether facts of the kind are among them.
bool is_own_kind(std::string_view kind);

// What a dump of the schema leaves out of its objects, because it belongs to the data: whether a materialized
// view is populated, whether a subscription is enabled.  It is taken from this database, too.
class OwnState {
  public:
    explicit OwnState(OwnerSession &session);
    static bool concerns(std::string_view kind) { return kind == "matview" || kind == "subscription"; }
    void put(core::Fact &fact) const;

  private:
    std::set<std::string> unpopulated_;  // ids
    std::set<std::string> enabled_;
};

}  // namespace drift
