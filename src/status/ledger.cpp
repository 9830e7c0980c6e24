#include "core/shown.hpp"
#include "guard/load_mode.hpp"
#include "ledger/sealer.hpp"
#include "settings.hpp"
#include "status/report.hpp"

// What status() says of the ledger.

namespace status {
namespace {

// The first row after the last seal tells whether the timer does what it is there for.
constinit pg::Statement select_seals{
    "SELECT s.id, pg_catalog.to_char(s.sealed_at, 'YYYY-MM-DD HH24:MI:SS OF'),"
    " COALESCE(s.sealed_at OPERATOR(pg_catalog.>) (pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) '1 day'::pg_catalog.interval), false),"
    " (SELECT d.datallowconn AND NOT d.datistemplate FROM pg_catalog.pg_database AS d"
    "   WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())"
    " AND EXISTS (SELECT FROM pg_catalog.pg_stat_activity AS a WHERE a.backend_type OPERATOR(pg_catalog.=) $1),"
    " COALESCE((SELECT l.recorded_at FROM langchef_guard.ledger AS l WHERE l.id OPERATOR(pg_catalog.>) COALESCE(s.last_ledger_id, 0)"
    "   ORDER BY l.id LIMIT 1) OPERATOR(pg_catalog.<) (pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) '1 hour'::pg_catalog.interval"
    "   OPERATOR(pg_catalog.-) (2 OPERATOR(pg_catalog.*) $2::pg_catalog.interval)), false)"
    " FROM (VALUES (1)) AS one LEFT JOIN (SELECT * FROM langchef_guard.seal ORDER BY id DESC LIMIT 1) AS s ON true",
    {TEXTOID, TEXTOID}};

// What was found since the schema was last registered as it is here, which says that it is as it should be; a month at most.
constinit pg::Statement select_unobserved{
    "SELECT pg_catalog.count(l.id), pg_catalog.to_char(pg_catalog.max(l.recorded_at), 'YYYY-MM-DD HH24:MI:SS OF'),"
    " pg_catalog.to_char(since.at, 'YYYY-MM-DD HH24:MI:SS OF')"
    " FROM (SELECT GREATEST(pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) '30 days'::pg_catalog.interval,"
    "   (SELECT pg_catalog.max(x.registered_at) FROM langchef_guard.expected_schema AS x"
    "     WHERE x.source OPERATOR(pg_catalog.=) 'live')) AS at) AS since"
    " LEFT JOIN langchef_guard.ledger AS l ON l.source OPERATOR(pg_catalog.=) 'unobserved' AND l.recorded_at OPERATOR(pg_catalog.>) since.at"
    " GROUP BY since.at",
    {}};

std::string how_to_seal()
{
    if (guard::load_mode() == guard::LoadMode::cluster && settings::seal_interval() == 0) {
        return "ALTER SYSTEM SET langchef_guard.seal_interval = '1h'; SELECT pg_reload_conf();";
    }
    return "SELECT langchef_guard.seal(); once a day or more often, by a timer.";
}

}  // namespace

void Report::add(std::string_view protection, bool on, std::string_view detail, std::string_view how)
{
    const auto text = [](std::string_view value) { return pg::param(std::string_view(core::shown(value))); };
    rows_.add({text(protection), text(on ? "on" : "off"), text(detail), on ? pg::Parameter() : text(how)});
}

void add_seals(Report &report, pg::SpiSession &spi)
{
    const std::string interval = std::to_string(settings::seal_interval()) + " seconds";
    const pg::Rows rows = spi.query(select_seals, {pg::param(std::string_view(ledger::sealer_name)), pg::param(std::string_view(interval))});
    const bool timer = settings::seal_interval() > 0 && rows.boolean(0, 4);
    const bool behind = timer && rows.boolean(0, 5);
    std::string detail = timer ? "the server seals every " + interval + "; " : "";
    detail += rows.is_null(0, 1) ? "there is no seal" : "seal " + std::to_string(rows.int8(0, 1)) + " of " + rows.text(0, 2) + " is the last";
    if (behind) detail += ", and rows have waited for long";
    report.add("the ledger is sealed", !behind && (timer || rows.boolean(0, 3)), detail,
               behind ? "Look for \"was not sealed\" in the server log; SELECT langchef_guard.seal();" : how_to_seal());
}

void add_unobserved(Report &report, pg::SpiSession &spi)
{
    const pg::Rows rows = spi.query(select_unobserved, {});
    const std::int64_t count = rows.int8(0, 1);
    report.add("everything that changed was observed", count == 0,
               count == 0 ? "nothing unobserved was found since " + rows.text(0, 3)
                          : std::to_string(count) + (count == 1 ? " object was" : " objects were") + " changed unobserved, found since " +
                                rows.text(0, 3) + ", the last " + rows.text(0, 2),
               "SELECT langchef_guard.resync(); finds the rest.  Read langchef_guard.changes where source is unobserved, then accept the schema"
               " as it is: SELECT langchef_guard.register_expected('release');");
}

}  // namespace status
