#pragma once

#include <string>

#include "drift/owner_session.hpp"

namespace drift {

// The Alembic revision of this database, several separated by commas; empty
// without a version table.
std::string current_revision(OwnerSession &session);

}  // namespace drift
