// Last include of every file in core: core is plain C++20 and must stay
// compilable, testable and fuzzable without a PostgreSQL server.
#ifdef POSTGRES_H
static_assert(false, "a server header reached src/core");
#endif
