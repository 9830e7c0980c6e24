#pragma once

namespace intercept {

// Puts the guard into the server's hook chains; called once by _PG_init.
void install_hooks();

}  // namespace intercept
