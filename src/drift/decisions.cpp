// The functions that say what does not count as drift.  Each leaves a row in the ledger.
#include <unordered_map>

#include "core/suppression.hpp"

#include "drift/arguments.hpp"
#include "drift/exceptions.hpp"
#include "drift/report.hpp"
#include "ledger/record.hpp"
#include "pg/entry.hpp"
#include "pg/scratch.hpp"

namespace {

void record(const char *tag, const char *object_type, const std::string &identity, const core::Payload &what)
{
    ledger::Change change;
    change.source = "utility";
    change.command_tag = tag;
    change.operation = "other";
    change.object_type = object_type;
    change.identity = identity;
    change.definition_after = core::canonical_json(what);
    ledger::append(change);
}

core::Value value_or_null(const std::optional<std::string> &text) { return text ? core::Value(*text) : core::Value(); }

pg::Parameter parameter(const std::optional<std::string> &text) { return text ? pg::param(std::string_view(*text)) : pg::Parameter(); }

// Names of the first of many, for an error.
std::string some_of(const core::List &items)
{
    constexpr std::size_t most = 10;
    constexpr std::size_t longest = 80;
    std::string out;
    for (std::size_t i = 0; i < std::min(most, items.size()); ++i) {
        if (i > 0) out += ", ";
        out += '"' + std::string(pg::clip(items[i], longest)) + '"';
    }
    if (items.size() > most) out += " and " + std::to_string(items.size() - most) + " more";
    return out + '.';
}

// A schema that neither side has would leave everything out.
void require_known_schemas(drift::OwnerSession &session, const std::string &name, const core::DriftScope &scope)
{
    static constinit pg::Statement is_known{
        "SELECT EXISTS (SELECT FROM langchef_guard.expected_object o"
        "                WHERE o.schema_name OPERATOR(pg_catalog.=) $1 AND o.fact_id OPERATOR(pg_catalog.=) $2)"
        "    OR EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname::pg_catalog.text OPERATOR(pg_catalog.=) $3)",
        {TEXTOID, TEXTOID, TEXTOID}};
    if (!scope.schemas) return;
    for (const auto &schema : *scope.schemas) {
        const auto fact = core::fact_id("schema", {schema});
        const auto known = session->query(is_known, {pg::param(std::string_view(name)), pg::param(std::string_view(fact)), pg::param(std::string_view(schema))});
        if (known.boolean(0, 1)) continue;
        throw pg::GuardError(ERRCODE_UNDEFINED_SCHEMA, "schema \"" + schema + "\" does not exist",
                             "Neither the database nor expected schema \"" + name + "\" has it.");
    }
}

// The differences of a report by their ids; raises for ids of none.
std::set<std::size_t> rows_of(const drift::Report &report, const std::vector<std::string> &ids)
{
    std::unordered_map<std::string_view, std::size_t> by_id;
    for (std::size_t i = 0; i < report.rows.size(); ++i) by_id.emplace(report.ids[i], i);
    std::set<std::size_t> rows;
    core::List unknown;
    for (const auto &id : ids) {
        const auto found = by_id.find(id);
        if (found == by_id.end()) {
            unknown.push_back(id);
        } else {
            rows.insert(found->second);
        }
    }
    const auto see = "See SELECT drift_id, object FROM langchef_guard.drift(" + drift::quoted_literal(report.schema.name) + ").";
    if (!unknown.empty()) {
        throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT,
                             std::to_string(unknown.size()) + " of " + std::to_string(ids.size()) +
                                 " ids name no difference from expected schema \"" + report.schema.name + '"',
                             "Not found: " + some_of(unknown), see);
    }
    core::List gaps;
    for (const auto row : rows) {
        if (report.rows[row].kind == "system_catalog") gaps.push_back(report.ids[row]);
    }
    if (!gaps.empty()) {
        // The next object that nothing describes would go unseen.
        throw pg::GuardError(ERRCODE_WRONG_OBJECT_TYPE, "objects that are not compared cannot be accepted", "Of this kind: " + some_of(gaps),
                             "Use langchef_guard.ignore_drift('system_catalog', NULL, name of the catalog, reason).");
    }
    return rows;
}

using Column = std::vector<std::optional<std::string>>;

// Writes the differences that were not accepted already, and returns how many.
std::int64_t write_accepted(drift::OwnerSession &session, const drift::Report &report, const std::vector<std::pair<std::size_t, std::size_t>> &rows,
                            const std::string &reason)
{
    static constinit pg::Statement insert{
        "INSERT INTO langchef_guard.accepted_difference (schema_name, drift_id, fact_digest, accepted_with, operation, kind, object, attribute,"
        "   expected, actual, accepted_by, accepted_at, reason)"
        " SELECT $1, d.id, d.digest, d.accepted_with, d.operation, d.kind, d.object, d.attribute, d.expected, d.actual, SESSION_USER,"
        "        pg_catalog.statement_timestamp(), $2"
        "   FROM ROWS FROM (pg_catalog.unnest($3), pg_catalog.unnest($4), pg_catalog.unnest($5), pg_catalog.unnest($6), pg_catalog.unnest($7),"
        "                   pg_catalog.unnest($8), pg_catalog.unnest($9), pg_catalog.unnest($10), pg_catalog.unnest($11))"
        "     AS d (id, digest, accepted_with, operation, kind, object, attribute, expected, actual)"
        " ON CONFLICT DO NOTHING RETURNING drift_id",
        {TEXTOID, TEXTOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID,
         TEXTARRAYOID}};
    constexpr std::size_t batch_size = 1000;
    const auto text = [](const core::Value &value) {
        return std::holds_alternative<std::monostate>(value) ? std::nullopt : std::optional(core::plain_text(value));
    };
    const auto word = [](std::string_view value) { return value.empty() ? std::nullopt : std::optional<std::string>(value); };
    std::int64_t written = 0;
    for (std::size_t start = 0; start < rows.size(); start += batch_size) {
        const pg::ScratchContext scratch;
        std::array<Column, 9> columns;
        for (std::size_t i = start; i < std::min(rows.size(), start + batch_size); ++i) {
            const auto &row = report.rows[rows[i].first];
            const std::optional<std::string> cells[] = {report.ids[rows[i].first], row.digest, report.ids[rows[i].second],
                                                        std::string(core::operation_word(row.operation)), row.kind,
                                                        std::string(core::object_of(row.fact)), word(row.attribute), text(row.expected), text(row.actual)};
            for (std::size_t column = 0; column < columns.size(); ++column) columns[column].push_back(cells[column]);
        }
        const auto array = [&columns](std::size_t column) { return drift::text_array_of(columns[column]); };
        const auto done = session->run(insert, {pg::param(std::string_view(report.schema.name)), pg::param(std::string_view(reason)), array(0), array(1),
                                                array(2), array(3), array(4), array(5), array(6), array(7), array(8)});
        written += static_cast<std::int64_t>(done.size());
        session->release(done);
    }
    return written;
}

}  // namespace

// configure_expected(name text, options jsonb) returns jsonb.
LCG_FUNCTION(lcg_configure_expected)
{
    static constinit pg::Statement lock{"LOCK TABLE langchef_guard.expected_option IN SHARE ROW EXCLUSIVE MODE", {}};
    static constinit pg::Statement remove{"DELETE FROM langchef_guard.expected_option WHERE schema_name OPERATOR(pg_catalog.=) $1", {TEXTOID}};
    static constinit pg::Statement add{
        "INSERT INTO langchef_guard.expected_option (schema_name, options, set_by, set_at)"
        " VALUES ($1, $2::pg_catalog.jsonb, SESSION_USER, pg_catalog.clock_timestamp())",
        {TEXTOID, TEXTOID}};
    const auto name = drift::required_name(fcinfo, 0);
    if (PG_ARGISNULL(1)) throw drift::bad_options("options must not be null");
    const Datum given = PG_GETARG_DATUM(1);
    const auto options = pg::text_of(pg::call([given] { return static_cast<const char *>(DatumGetCString(DirectFunctionCall1(jsonb_out, given))); }));

    std::string json;
    {
        drift::OwnerSession session;
        const auto schema = drift::find_expected(session, name);
        session->run(lock, {});
        const auto before = drift::find_latest_scope(session, schema.name);
        const auto scope = drift::with_options(before, options);
        require_known_schemas(session, schema.name, scope);
        json = core::options_json(scope);
        if (scope != before) {
            session->run(remove, {pg::param(std::string_view(name))});
            if (scope != core::DriftScope()) session->run(add, {pg::param(std::string_view(name)), pg::param(std::string_view(json))});
            record("CONFIGURE DRIFT", "expected_schema", core::quote_part(name), {{"options", json}, {"before", core::options_json(before)}});
        }
    }
    // In the caller's memory, which outlives the session.
    const char *const result = json.c_str();
    return pg::call([result] { return DirectFunctionCall1(jsonb_in, CStringGetDatum(result)); });
}

// ignore_drift(kind text, attribute text, object text, reason text, expires timestamptz) returns bigint.
LCG_FUNCTION(lcg_ignore_drift)
{
    static constinit pg::Statement add{
        "INSERT INTO langchef_guard.ignore_rule (kind, attribute, object, reason, expires, created_by, created_at)"
        " SELECT $1, $2, $3, $4, $5, SESSION_USER, pg_catalog.clock_timestamp()"
        "  WHERE $5 IS NULL OR $5 OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp() RETURNING id, expires::pg_catalog.text",
        {TEXTOID, TEXTOID, TEXTOID, TEXTOID, TIMESTAMPTZOID}};
    core::IgnoreRule rule;
    rule.kind = drift::optional_argument(fcinfo, 0);
    rule.attribute = drift::optional_argument(fcinfo, 1);
    rule.object = drift::optional_argument(fcinfo, 2);
    rule.reason = drift::required_reason(fcinfo, 3);
    const auto expires = PG_ARGISNULL(4) ? pg::Parameter() : pg::Parameter(PG_GETARG_DATUM(4));
    if (const auto defect = core::rule_defect(rule); !defect.empty()) {
        throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "ignore rule cannot be used: " + defect, {},
                             "Give the kind, the attribute and a pattern for the object as langchef_guard.drift() shows them, null for any.");
    }
    drift::OwnerSession session;
    const auto added = session->run(add, {parameter(rule.kind), parameter(rule.attribute), parameter(rule.object), parameter(rule.reason), expires});
    if (added.empty()) throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "expires must be in the future");
    const auto id = added.int8(0, 1);
    const auto until = added.is_null(0, 2) ? core::Value() : core::Value(added.text(0, 2));
    record("IGNORE DRIFT", "ignore_rule", std::to_string(id),
           {{"kind", value_or_null(rule.kind)}, {"attribute", value_or_null(rule.attribute)}, {"object", value_or_null(rule.object)},
            {"reason", rule.reason}, {"expires", until}});
    return Int64GetDatum(id);
}

// unignore_drift(rule bigint, reason text) returns void.
LCG_FUNCTION(lcg_unignore_drift)
{
    static constinit pg::Statement end{
        "UPDATE langchef_guard.ignore_rule SET ended_by = SESSION_USER, ended_at = pg_catalog.clock_timestamp(), end_reason = $2"
        " WHERE id OPERATOR(pg_catalog.=) $1 AND ended_at IS NULL RETURNING id",
        {INT8OID, TEXTOID}};
    static constinit pg::Statement find{
        "SELECT r.ended_by, pg_catalog.date_trunc('second', r.ended_at)::pg_catalog.text FROM langchef_guard.ignore_rule r WHERE r.id OPERATOR(pg_catalog.=) $1",
        {INT8OID}};
    if (PG_ARGISNULL(0)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "rule must not be null");
    const std::int64_t id = PG_GETARG_INT64(0);
    const auto reason = drift::required_reason(fcinfo, 1);
    drift::OwnerSession session;
    if (session->run(end, {pg::param(id), pg::param(std::string_view(reason))}).empty()) {
        const auto rule = "ignore rule " + std::to_string(id);
        const auto found = session->query(find, {pg::param(id)});
        if (found.empty()) throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT, rule + " does not exist", {}, "See langchef_guard.ignore_rules.");
        throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, rule + " has ended already",
                             "Role \"" + found.text(0, 1) + "\" ended it on " + found.text(0, 2) + '.');
    }
    record("UNIGNORE DRIFT", "ignore_rule", std::to_string(id), {{"reason", reason}});
    return 0;
}

// accept_drift(ids text[], reason text, name text) returns bigint.
LCG_FUNCTION(lcg_accept_drift)
{
    const auto ids = drift::required_texts(fcinfo, 0, "ids");
    const auto reason = drift::required_reason(fcinfo, 1);
    const auto name = drift::optional_name(fcinfo, 2);
    drift::OwnerSession session;
    const auto report = drift::make_report(session, name, drift::Suppressed::included);
    const auto named = rows_of(report, ids);
    const auto accepted = write_accepted(session, report, core::with_consequences(report.rows, named), reason);
    if (accepted > 0) {
        core::List recorded;
        for (const auto row : named) recorded.push_back(report.ids[row]);
        record("ACCEPT DRIFT", "expected_schema", core::quote_part(report.schema.name), {{"ids", std::move(recorded)}, {"reason", reason}});
    }
    return Int64GetDatum(accepted);
}

// unaccept_drift(ids text[], reason text, name text) returns bigint.
LCG_FUNCTION(lcg_unaccept_drift)
{
    static constinit pg::Statement withdraw{
        "UPDATE langchef_guard.accepted_difference a"
        "   SET withdrawn_by = SESSION_USER, withdrawn_at = pg_catalog.clock_timestamp(), withdraw_reason = $3"
        " WHERE a.schema_name OPERATOR(pg_catalog.=) $1 AND a.withdrawn_at IS NULL"
        "   AND (a.drift_id OPERATOR(pg_catalog.=) ANY ($2) OR a.accepted_with OPERATOR(pg_catalog.=) ANY ($2))"
        " RETURNING a.drift_id, a.accepted_with",
        {TEXTOID, TEXTARRAYOID, TEXTOID}};
    const auto ids = drift::required_texts(fcinfo, 0, "ids");
    const auto reason = drift::required_reason(fcinfo, 1);
    const auto name = drift::optional_name(fcinfo, 2);
    drift::OwnerSession session;
    const auto schema = drift::find_expected(session, name);
    const auto done = session->run(withdraw, {pg::param(std::string_view(schema.name)), pg::Parameter(PG_GETARG_DATUM(0)), pg::param(std::string_view(reason))});
    std::set<std::string> withdrawn;
    for (std::uint64_t i = 0; i < done.size(); ++i) {
        withdrawn.insert(done.text(i, 1));
        withdrawn.insert(done.text(i, 2));
    }
    core::List unknown;
    for (const auto &id : ids) {
        if (!withdrawn.contains(id)) unknown.push_back(id);
    }
    if (!unknown.empty()) {
        throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT,
                             std::to_string(unknown.size()) + " of " + std::to_string(ids.size()) +
                                 " ids name no accepted difference from expected schema \"" + schema.name + '"',
                             "Not found: " + some_of(unknown), "See langchef_guard.accepted_differences.");
    }
    const auto count = static_cast<std::int64_t>(done.size());
    if (count > 0) record("UNACCEPT DRIFT", "expected_schema", core::quote_part(schema.name), {{"ids", ids}, {"reason", reason}});
    return Int64GetDatum(count);
}
