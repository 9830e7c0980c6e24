#include "approval/decisions.hpp"
#include "approval/roles.hpp"
#include "pg/entry.hpp"

namespace approval {
namespace {

// As GRANT statements, so that the guard records them like any other.
constinit pg::Statement approver_grants{
    "SELECT pg_catalog.format('GRANT SELECT ON TABLE %s TO %I', c.oid::pg_catalog.regclass, $1) FROM pg_catalog.pg_class c "
    "WHERE c.relnamespace OPERATOR(pg_catalog.=) 'langchef_guard'::pg_catalog.regnamespace::pg_catalog.oid "
    "AND c.relkind OPERATOR(pg_catalog.=) 'v' "
    "AND c.relname OPERATOR(pg_catalog.=) ANY (ARRAY['proposals', 'approvals']::pg_catalog.name[]) "
    "UNION ALL "
    "SELECT pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO %I', p.oid::pg_catalog.regprocedure, $1) "
    "FROM pg_catalog.pg_proc p "
    "WHERE p.pronamespace OPERATOR(pg_catalog.=) 'langchef_guard'::pg_catalog.regnamespace::pg_catalog.oid "
    "AND p.proname OPERATOR(pg_catalog.=) "
    "ANY (ARRAY['approve', 'reject', 'revoke', 'revoke_token', 'issue_token']::pg_catalog.name[]) "
    "ORDER BY 1",
    {TEXTOID}};

// Everything that reads the record and changes nothing.
constinit pg::Statement auditor_grants{
    "SELECT pg_catalog.format('GRANT SELECT ON TABLE %s TO %I', c.oid::pg_catalog.regclass, $1) FROM pg_catalog.pg_class c "
    "WHERE c.relnamespace OPERATOR(pg_catalog.=) 'langchef_guard'::pg_catalog.regnamespace::pg_catalog.oid "
    "AND c.relkind OPERATOR(pg_catalog.=) 'v' "
    "UNION ALL "
    "SELECT pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO %I', p.oid::pg_catalog.regprocedure, $1) "
    "FROM pg_catalog.pg_proc p "
    "WHERE p.pronamespace OPERATOR(pg_catalog.=) 'langchef_guard'::pg_catalog.regnamespace::pg_catalog.oid "
    "AND p.proname OPERATOR(pg_catalog.=) ANY (ARRAY['snapshot', 'drift', 'drift_summary', 'drift_json', 'drift_report', "
    "'drift_by_schema', 'is_clean', 'assert_no_drift', 'has_no_drift', 'expected_at', 'repair', 'repair_script', 'undo', 'compare', 'history', 'schema_at', 'verify_ledger', 'hygiene', 'report', 'status']::pg_catalog.name[]) "
    "ORDER BY 1",
    {TEXTOID}};

void grant_to_role(FunctionCallInfo fcinfo, const char *function, pg::Statement &grants)
{
    if (PG_ARGISNULL(0)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "role must not be null");
    const Oid oid = PG_GETARG_OID(0);
    const char *const found = pg::call([oid]() -> const char * { return GetUserNameFromId(oid, true); });
    if (found == nullptr) throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT, "role with OID " + std::to_string(oid) + " does not exist");
    require_own_call(function);
    const pg::UserScope as_owner(require_installation().owner);
    pg::SpiSession spi;
    std::vector<std::string> commands;
    const pg::Rows rows = spi.run(grants, {pg::param(std::string_view(found))});
    for (std::uint64_t i = 0; i < rows.size(); ++i) commands.push_back(rows.text(i, 1));
    for (const std::string &command : commands) {
        const char *const text = command.c_str();
        const int code = pg::call([text] { return SPI_execute(text, false, 0); });
        if (code != SPI_OK_UTILITY) throw pg::GuardError(ERRCODE_INTERNAL_ERROR, "could not run \"" + command + '"');
    }
}

}  // namespace
}  // namespace approval

LCG_FUNCTION(lcg_grant_approver)
{
    approval::grant_to_role(fcinfo, "grant_approver", approval::approver_grants);
    return static_cast<Datum>(0);
}

LCG_FUNCTION(lcg_grant_auditor)
{
    approval::grant_to_role(fcinfo, "grant_auditor", approval::auditor_grants);
    return static_cast<Datum>(0);
}
