// Which expected schema is that of a revision.
#include "drift/expected_schema.hpp"
#include "ledger/revision.hpp"
#include "pg/entry.hpp"

namespace {

constinit pg::Statement at_revision{
    "SELECT s.name FROM langchef_guard.expected_schema s WHERE s.revision OPERATOR(pg_catalog.=) $1"
    " ORDER BY s.active DESC, s.registered_at DESC, s.name LIMIT 1",
    {TEXTOID}};

std::string present_revision()
{
    auto revision = ledger::current_revision("public");
    if (!revision.empty()) return revision;
    throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "the database is at no Alembic revision",
                         "Setting \"langchef_guard.alembic_version_table\" names no table that holds one.", "Give the revision.");
}

}  // namespace

// expected_at(revision text) returns text: a name.
LCG_FUNCTION(lcg_expected_at)
{
    drift::OwnerSession session;
    const auto revision = PG_ARGISNULL(0) ? present_revision() : pg::text_of(PG_GETARG_DATUM(0));
    const auto found = session->query(at_revision, {pg::param(std::string_view(revision))});
    if (found.empty()) {
        throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT, "no expected schema is registered at revision \"" + revision + '"', {},
                             "See langchef_guard.expected_schemas, or register one with langchef_guard.register_expected_ddl() "
                             "from what \"alembic upgrade " + revision + " --sql\" writes.");
    }
    const auto name = found.text(0, 1);
    const MemoryContext outer = fcinfo->flinfo->fn_mcxt;
    const std::string_view text_of_name = name;
    return pg::call([outer, text_of_name] {
        const MemoryContext inner = MemoryContextSwitchTo(outer);
        const Datum result = PointerGetDatum(cstring_to_text_with_len(text_of_name.data(), static_cast<int>(text_of_name.size())));
        MemoryContextSwitchTo(inner);
        return result;
    });
}
