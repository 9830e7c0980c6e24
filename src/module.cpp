#include "guard/installation.hpp"
#include "guard/load_mode.hpp"
#include "intercept/hooks.hpp"
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
    intercept::install_hooks();
    ledger::register_sealer();
}
