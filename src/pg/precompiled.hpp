// What the Makefile has g++ read once for all files outside of core.  No file includes it.
#include "pg/prelude.hpp"
