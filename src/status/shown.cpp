#include "core/shown.hpp"

#include "pg/entry.hpp"

// What views show of names and statements.

LCG_FUNCTION(lcg_shown) { return pg::text_datum(core::shown(pg::text_of(PG_GETARG_DATUM(0)))); }

LCG_FUNCTION(lcg_shown_statement) { return pg::text_datum(core::shown_statement(pg::text_of(PG_GETARG_DATUM(0)))); }
