#pragma once

#include "catalog/stamp_pass.hpp"
#include "drift/owner_session.hpp"

namespace drift {

// Where the rows of the catalogs lay when somebody last compared anything with them, in a table of the extension: a
// comparison brings it up to date instead of reading all pages again.
class KeptMap {
  public:
    // Reads it; empty where it cannot be believed.
    explicit KeptMap(OwnerSession &session);

    core::CatalogMap &map() { return map_; }

    // Writes what a pass made of it, as far as it is not what was read.  Nothing where nothing may be written, while
    // another session writes, or when one did since; nobody is waited for.
    void replace(const catalog::PassResult &pass);

  private:
    bool load();

    OwnerSession &session_;
    std::string header_;  // as it was read
    core::CatalogMap map_;
};

}  // namespace drift
