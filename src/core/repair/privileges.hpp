#pragma once

#include "core/repair/step.hpp"

namespace core::repair {

// GRANT and REVOKE that lead from one list of privileges to another; an absent list stands for what
// an object of the kind has by default.
//   attribute   "acl", or "identity_acl" of the sequence behind a column
//   from        null for an object that is being made: it has what default privileges give it
void add_privileges(const Scene &scene, const Fact *from, const Fact &to, std::string_view attribute, Steps &steps);

// ALTER DEFAULT PRIVILEGES that lead from one entry to another; either can be null.
void add_default_privileges(const Scene &scene, const Fact *from, const Fact *to, Steps &steps);

}  // namespace core::repair
