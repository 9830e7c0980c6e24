#pragma once

namespace guard {

// How the library came into this process.
enum class LoadMode {
    cluster,   // shared_preload_libraries: every session, from its start
    database,  // session_preload_libraries or the like: this session, from its start
    lazy,      // by the first function or event trigger that needed it
};

LoadMode load_mode();

// Called once, by _PG_init.
void note_load_mode();

}  // namespace guard
