#include "guard/load_mode.hpp"

#include "pg/prelude.hpp"

namespace guard {
namespace {

constinit LoadMode mode = LoadMode::lazy;

}  // namespace

LoadMode load_mode() { return mode; }

void note_load_mode()
{
    if (process_shared_preload_libraries_in_progress) {
        mode = LoadMode::cluster;
    } else if (!IsTransactionState() || ActivePortal == nullptr) {
        // Preloading happens before the session's first command has a portal.
        mode = LoadMode::database;
    }
}

}  // namespace guard
