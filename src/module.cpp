#include "guard/installation.hpp"
#include "guard/load_mode.hpp"
#include "guard/own_objects.hpp"
#include "intercept/hooks.hpp"
#include "intercept/replicated_truncate.hpp"
#include "ledger/notify.hpp"
#include "ledger/sealer.hpp"
#include "pg/entry.hpp"
#include "settings.hpp"

extern "C" {
#ifdef PG_MODULE_MAGIC_EXT
PG_MODULE_MAGIC_EXT(.name = "langchef_guard", .version = LCG_VERSION);
#else
PG_MODULE_MAGIC;
#endif

PGDLLEXPORT void _PG_init(void);
}

void _PG_init(void)
{
    guard::note_load_mode();
    settings::define();
    guard::watch_installation();
    guard::watch_own_objects();
    intercept::install_hooks();
    // Callbacks run in the opposite order: what this one records is announced by the other.
    ledger::announce_at_commit();
    if (guard::load_mode() == guard::LoadMode::cluster) intercept::watch_replicated_truncates();
    ledger::register_sealer();
}
