#include "guard/installation.hpp"
#include "guard/load_mode.hpp"
#include "pg/entry.hpp"
#include "settings.hpp"
#include "status/report.hpp"

// langchef_guard.status(): what protects this database, and what does not.

namespace {

using guard::LoadMode;
using settings::Mode;
using status::Report;

constexpr std::string_view preload_hint =
    "Add langchef_guard to shared_preload_libraries and restart the server, or run ALTER DATABASE ... SET session_preload_libraries = "
    "'langchef_guard' and reconnect.";

std::string_view mode_name()
{
    switch (settings::mode()) {
        case Mode::off: return "off";
        case Mode::record: return "record";
        case Mode::warn: return "warn";
        case Mode::enforce: return "enforce";
    }
    return "";
}

void add_loading(Report &report)
{
    const LoadMode mode = guard::load_mode();
    report.add("library loaded in every session of the server", mode == LoadMode::cluster,
               mode == LoadMode::cluster    ? "cluster mode: shared_preload_libraries"
               : mode == LoadMode::database ? "database mode: loaded when this session started"
                                            : "triggers only: loaded by the first command that needed it",
               "Add langchef_guard to shared_preload_libraries and restart the server.");
    report.add("commands that fire no event trigger", mode != LoadMode::lazy,
               mode != LoadMode::lazy
                   ? "TRUNCATE, REASSIGN OWNED, role and database commands are judged and recorded from the start of the session"
                   : "TRUNCATE, REASSIGN OWNED, role and database commands pass until the session's first DDL command",
               preload_hint);
    const bool cluster = mode == LoadMode::cluster;
    report.add("commands from other databases", cluster,
               cluster ? "DROP DATABASE, roles that matter here and guarded settings are judged here, wherever the command is issued"
                       : "DROP DATABASE, ALTER ROLE and ALTER SYSTEM pass in sessions of other databases that did not load the library",
               "Add langchef_guard to shared_preload_libraries and restart the server.");
    report.add("drops by functions", mode != LoadMode::lazy,
               mode != LoadMode::lazy ? "lo_unlink and code of extensions that drops or empties is judged"
                                      : "lo_unlink passes until the session's first DDL command",
               preload_hint);
    report.add("TRUNCATE by logical replication", cluster,
               cluster ? "is recorded, or as policy says for rule D28" : "is not seen: its workers load no library of a session",
               "Add langchef_guard to shared_preload_libraries and restart the server.");
    report.add("the guard's own objects", mode != LoadMode::lazy,
               mode != LoadMode::lazy ? "changes of them are refused from the start of the session"
                                      : "event triggers can be altered and dropped, and tables written to, until the session's first DDL command",
               preload_hint);
}

void add_mode(Report &report)
{
    const Mode mode = settings::mode();
    report.add("unapproved destructive commands are refused", mode == Mode::enforce,
               "langchef_guard.mode is " + std::string(mode_name()), "SET langchef_guard.mode = 'enforce'; (superuser)");
    report.add("schema changes are recorded", mode != Mode::off, "langchef_guard.mode is " + std::string(mode_name()),
               "SET langchef_guard.mode = 'record'; or 'enforce' (superuser)");
    report.add("requesters cannot approve their own proposals", settings::four_eyes(),
               settings::four_eyes() ? "langchef_guard.four_eyes is on" : "langchef_guard.four_eyes is off",
               "ALTER SYSTEM SET langchef_guard.four_eyes = on; SELECT pg_reload_conf();");
}

constinit pg::Statement select_event_triggers{
    "SELECT w.name, t.evtenabled::text,"
    " coalesce(pg_catalog.current_setting('event_triggers', true), 'on')"
    " FROM (VALUES ('langchef_guard_ddl_command_start'), ('langchef_guard_sql_drop'), ('langchef_guard_ddl_command_end')) AS w (name)"
    " LEFT JOIN pg_catalog.pg_event_trigger AS t ON t.evtname OPERATOR(pg_catalog.=) w.name::pg_catalog.name",
    {}};

void add_event_triggers(Report &report, pg::SpiSession &spi)
{
    const pg::Rows rows = spi.query(select_event_triggers, {});
    for (std::uint64_t i = 0; i < rows.size(); ++i) {
        const std::string name = rows.text(i, 1);
        const std::string state = rows.text(i, 2);
        const bool fires = rows.text(i, 3) == "on";
        report.add("event trigger " + name, fires && state == "A",
                   !fires            ? "event_triggers is off in this session"
                   : state.empty()   ? "the event trigger does not exist"
                   : state == "A"    ? "enabled always"
                   : state == "D"    ? "disabled"
                                     : "does not fire under session_replication_role = replica",
                   !fires ? "SET event_triggers = on;" : "ALTER EVENT TRIGGER " + name + " ENABLE ALWAYS;");
    }
}

constinit pg::Statement select_worker_slots{
    "SELECT pg_catalog.current_setting('max_worker_processes')::pg_catalog.int4,"
    " (SELECT pg_catalog.count(*) FROM pg_catalog.pg_stat_activity WHERE backend_type OPERATOR(pg_catalog.<>)"
    " ALL (ARRAY['client backend', 'autovacuum worker', 'autovacuum launcher', 'background writer', 'checkpointer', 'walwriter',"
    " 'startup', 'walreceiver', 'walsender', 'archiver', 'io worker', 'slotsync worker', 'walsummarizer',"
    " 'standalone backend']))::pg_catalog.int4",
    {}};

void add_worker(Report &report, pg::SpiSession &spi)
{
    const pg::Rows rows = spi.query(select_worker_slots, {});
    const std::int32_t slots = rows.int4(0, 1);
    const std::int32_t used = rows.int4(0, 2);
    report.add("refusals are filed as proposals", slots > used,
               std::to_string(used) + " of " + std::to_string(slots) + " background workers are in use",
               "Raise max_worker_processes and restart the server; commands are refused all the same.");
}

constinit pg::Statement select_version_tables{
    "SELECT c.oid::pg_catalog.regclass::pg_catalog.text, coalesce(pg_catalog.quote_ident(t.tgname), ''), t.tgenabled IS NOT DISTINCT FROM 'A'"
    " FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
    " LEFT JOIN pg_catalog.pg_trigger AS t ON t.tgrelid OPERATOR(pg_catalog.=) c.oid"
    " AND t.tgfoid OPERATOR(pg_catalog.=) 'langchef_guard.alembic_step_trigger()'::pg_catalog.regprocedure"
    " WHERE c.relkind OPERATOR(pg_catalog.=) 'r' AND c.relpersistence OPERATOR(pg_catalog.<>) 't'"
    " AND EXISTS (SELECT FROM pg_catalog.unnest(pg_catalog.string_to_array($1, ',')) AS w (name)"
    " WHERE pg_catalog.btrim(w.name) OPERATOR(pg_catalog.=) ANY (ARRAY[c.relname::pg_catalog.text,"
    " pg_catalog.concat(n.nspname, '.', c.relname)])) ORDER BY 1",
    {TEXTOID}};

void add_alembic(Report &report, pg::SpiSession &spi)
{
    const pg::Rows rows = spi.query(select_version_tables, {pg::param(std::string_view(settings::alembic_version_table()))});
    for (std::uint64_t i = 0; i < rows.size(); ++i) {
        const std::string table = rows.text(i, 1);
        const std::string trigger = rows.text(i, 2);
        const bool on = rows.boolean(i, 3);
        report.add("Alembic steps of " + table, on,
                   on                ? "each change of the revision is recorded"
                   : trigger.empty() ? "the table has no trigger of the guard"
                                     : "trigger " + trigger + " is not enabled always",
                   trigger.empty() ? "The next ALTER TABLE " + table + " attaches the trigger."
                                   : "ALTER TABLE " + table + " ENABLE ALWAYS TRIGGER " + trigger + ";");
    }
    if (rows.empty()) {
        report.add("Alembic steps", false, "no table named in langchef_guard.alembic_version_table exists",
                   "None needed: the trigger is attached when Alembic creates its table.");
    }
}

constinit pg::Statement select_active_schema{"SELECT name FROM langchef_guard.expected_schema WHERE active", {}};

void add_drift(Report &report, pg::SpiSession &spi)
{
    const pg::Rows rows = spi.query(select_active_schema, {});
    report.add("drift is measured", !rows.empty(),
               rows.empty() ? "no expected schema is registered" : "expected schema \"" + rows.text(0, 1) + "\" is active",
               "SELECT langchef_guard.register_expected('release');");
}

}  // namespace

LCG_FUNCTION(lcg_status)
{
    const auto installed = guard::installation();
    if (!installed.has_value()) {
        throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "extension \"langchef_guard\" is not installed in this database", "",
                             "Run CREATE EXTENSION langchef_guard.");
    }
    Report report(fcinfo);
    const pg::UserScope as_owner(installed->owner);
    pg::SpiSession spi;
    add_loading(report);
    add_mode(report);
    add_event_triggers(report, spi);
    add_worker(report, spi);
    add_alembic(report, spi);
    add_drift(report, spi);
    status::add_seals(report, spi);
    status::add_unobserved(report, spi);
    return 0;
}
