// The functions that compare the database with an expected schema.
#include "core/drift.hpp"
#include "core/shown.hpp"

#include "drift/environment.hpp"
#include "drift/comparison.hpp"
#include "drift/exceptions.hpp"
#include "drift/renames.hpp"
#include "drift/report.hpp"
#include "drift/tap.hpp"
#include "pg/entry.hpp"
#include "pg/scratch.hpp"
#include "pg/srf.hpp"

namespace {

using drift::Report;

// The ledger row behind a difference, as a report shows it.
struct Cause {
    std::string role;
    std::int64_t at;
    std::string migration;
    std::string revision;
    std::string session_role;
    std::string application_name;
    std::string statement;
};

constinit pg::Statement find_cause{
    "SELECT c.outer_role, c.recorded_at, c.migration, COALESCE(c.revision_to, c.revision_before), c.session_role, c.application_name,"
    "       CASE WHEN pg_catalog.length(c.statement) OPERATOR(pg_catalog.>) 1000"
    "            THEN pg_catalog.\"left\"(c.statement, 1000) OPERATOR(pg_catalog.||) '...' ELSE c.statement END"
    "  FROM langchef_guard.changes c WHERE c.id OPERATOR(pg_catalog.=) $1",
    {INT8OID}};

// The causes of a report, each read once.
class Causes {
  public:
    explicit Causes(drift::OwnerSession &session) : session_(session) {}

    const Cause *of(const drift::Blame &blame)
    {
        if (blame.ledger_id == 0) return nullptr;
        auto known = causes_.find(blame.ledger_id);
        if (known == causes_.end()) known = causes_.emplace(blame.ledger_id, read(blame.ledger_id)).first;
        return &known->second;
    }

  private:
    Cause read(std::int64_t ledger_id)
    {
        const auto found = session_->query(find_cause, {pg::param(ledger_id)});
        if (found.empty()) return {};
        return {found.text(0, 1), found.int8(0, 2), found.text(0, 3), found.text(0, 4),
                found.text(0, 5), found.text(0, 6), found.text(0, 7)};
    }

    drift::OwnerSession &session_;
    std::map<std::int64_t, Cause> causes_;
};

std::string written_by(std::uint64_t xid)
{
    const auto transaction = static_cast<TransactionId>(xid);
    struct Time {
        TimestampTz at;
        bool known;
    };
    const auto time = pg::call([transaction] {
        Time found{0, false};
        if (track_commit_timestamp) found.known = TransactionIdGetCommitTsData(transaction, &found.at, nullptr);
        return found;
    });
    auto text = "transaction " + std::to_string(xid);
    if (time.known) text += " at " + pg::text_of(pg::call([time] { return timestamptz_to_str(time.at); }));
    return text;
}

std::string detail_of(const Report &report, std::size_t row)
{
    const auto &difference = report.rows[row];
    const auto &blame = report.blames[row];
    auto detail = core::describe(difference) + drift::version_remark(difference, report.schema.server_version_num, drift::server_version_num());
    if (blame.ledger_id != 0) return detail;
    if (blame.before) {
        // Of a change that is not kept in the row, such as another object's name in a text, the row says no more than this.
        return detail + (difference.operation == core::DriftOperation::missing
                             ? "  No ledger row explains it."
                             : "  No ledger row explains it; the catalog row it was read from is older than the registration.");
    }
    detail += "  No ledger row explains it";
    if (blame.xid != 0) detail += "; its catalog row was written by " + written_by(blame.xid);
    return detail + '.';
}

std::string_view blame_word(const drift::Blame &blame)
{
    return blame.ledger_id != 0 ? "ledger" : blame.before ? "before_ledger" : "unobserved";
}

pg::Parameter name_or_null(const std::string &name)
{
    if (name.empty()) return {};
    return pg::Parameter(pg::call([&name] { return DirectFunctionCall1(namein, CStringGetDatum(name.c_str())); }));
}

void add_row(pg::ResultSet &result, const Report &report, std::size_t row, const Cause *cause)
{
    const auto &difference = report.rows[row];
    const auto &blame = report.blames[row];
    const auto text = [](std::string_view value) { return pg::param_or_null(value); };
    // What can be a name, or hold one, can be copied from here without harm.
    const auto name = [](std::string_view value) { return pg::param_or_null(core::shown(value)); };
    const auto of_cause = [&](std::string Cause::*member) { return cause != nullptr ? name(cause->*member) : pg::Parameter(); };
    const bool implied = difference.implied_by != core::no_row;
    result.add({text(report.ids[row]), text(report.severities[row]), text(core::operation_word(difference.operation)),
                text(difference.kind), name(core::object_of(difference.fact)), name(core::object_of(difference.parent)),
                text(difference.attribute), drift::value_text(difference.expected), drift::value_text(difference.actual),
                name(detail_of(report, row)), implied ? text(report.ids[difference.implied_by]) : pg::Parameter(),
                of_cause(&Cause::role), cause != nullptr ? pg::Parameter(TimestampTzGetDatum(cause->at)) : pg::Parameter(),
                of_cause(&Cause::migration), of_cause(&Cause::revision),
                cause != nullptr ? pg::param(blame.ledger_id) : pg::Parameter(),
                cause != nullptr ? name_or_null(cause->session_role) : pg::Parameter(), of_cause(&Cause::application_name),
                cause != nullptr ? text(core::shown_statement(cause->statement)) : pg::Parameter(), text(blame_word(blame)), name(report.suppressed_by[row])});
}

// What an option leaves out, as a row that does not count.
void add_left_out(pg::ResultSet &result, const Report &report, const core::LeftOut &left_out)
{
    core::DriftRow row;
    row.operation = core::DriftOperation::not_compared;
    row.kind = "option";
    row.fact = "option:" + left_out.what;
    row.attribute = left_out.option;
    const auto text = [](std::string_view value) { return pg::param_or_null(value); };
    auto detail = "Not compared by option \"" + std::string(left_out.option) + "\" of expected schema \"" + report.schema.name + "\": " + left_out.what;
    if (left_out.differences) detail += ", of which " + std::to_string(*left_out.differences) + (*left_out.differences == 1 ? " differs" : " differ");
    result.add({text(drift::drift_id(report.schema.name, row)), text("coverage"), text(core::operation_word(row.operation)), text(row.kind),
                text(core::shown(left_out.what)), {}, text(row.attribute), {},
                left_out.differences ? text(std::to_string(*left_out.differences)) : pg::Parameter(), text(core::shown(detail + '.')), {}, {}, {}, {}, {},
                {}, {}, {}, {}, {}, text("left out by option " + row.attribute)});
}

// One sentence per difference, the first of them, and how many more there are.
std::vector<std::string> sentences(const Report &report, drift::OwnerSession &session)
{
    constexpr std::size_t most = 10;
    Causes causes(session);
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < std::min(most, report.order.size()); ++i) {
        const auto row = report.order[i];
        lines.push_back(core::shown(core::describe(report.rows[row])));
        if (const auto *const cause = causes.of(report.blames[row])) lines.back() += core::shown("  Changed by role \"" + cause->role + "\".");
    }
    if (report.rows.size() > most) lines.push_back("There are " + std::to_string(report.rows.size() - most) + " more differences.");
    return lines;
}

}  // namespace

// drift(name text, include_suppressed boolean) returns table (...): one row per difference.
LCG_FUNCTION(lcg_drift)
{
    const auto name = drift::optional_name(fcinfo, 0);
    const bool all = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);
    pg::ResultSet result(fcinfo);
    drift::OwnerSession session;
    const auto report = drift::make_report(session, name, all ? drift::Suppressed::included : drift::Suppressed::left_out);
    Causes causes(session);
    pg::ScratchContext scratch;
    for (const auto row : report.order) {
        add_row(result, report, row, causes.of(report.blames[row]));
        scratch.reset();
    }
    if (all) {
        for (const auto &left_out : report.left_out) add_left_out(result, report, left_out);
    }
    return 0;
}

// is_clean(name text) returns boolean.
LCG_FUNCTION(lcg_is_clean)
{
    const auto name = drift::optional_name(fcinfo, 0);
    drift::OwnerSession session;
    const auto schema = drift::find_expected(session, name);
    if (drift::has_exceptions(session, schema.name)) return BoolGetDatum(drift::make_report(session, name).rows.empty());
    return BoolGetDatum(drift::compare_with_catalogs(session, schema, drift::find_renames(session, schema), {}, 1).empty());
}

// assert_no_drift(name text) returns void: raises LG004 when there is any.
LCG_FUNCTION(lcg_assert_no_drift)
{
    const auto name = drift::optional_name(fcinfo, 0);
    drift::OwnerSession session;
    const auto report = drift::make_report(session, name);
    if (report.rows.empty()) return 0;
    std::string detail;
    for (const auto &line : sentences(report, session)) detail += (detail.empty() ? "" : "\n") + line;
    throw pg::GuardError(pg::sqlstate::drift_found, "schema differs from expected schema \"" + report.schema.name + '"',
                         std::move(detail), "Run SELECT * FROM langchef_guard.drift(" + drift::quoted_literal(report.schema.name) + ").");
}

// has_no_drift(name text) returns setof text: the lines of a test of the Test Anything Protocol.
LCG_FUNCTION(lcg_has_no_drift)
{
    const auto name = drift::optional_name(fcinfo, 0);
    pg::ResultSet result(fcinfo, true);
    std::string description;
    std::vector<std::string> lines;
    {
        drift::OwnerSession session;
        const auto report = drift::make_report(session, name);
        description = "schema is as expected schema \"" + report.schema.name + '"';
        lines = sentences(report, session);
    }
    // As the caller again: what a test tool does is not the guard's.
    for (const auto &line : drift::test_lines(lines.empty(), drift::test_description(core::shown(description)), lines)) result.add({pg::param(std::string_view(line))});
    return 0;
}

// drift_by_schema(name text) returns table (...): counts by severity.
LCG_FUNCTION(lcg_drift_by_schema)
{
    const auto name = drift::optional_name(fcinfo, 0);
    pg::ResultSet result(fcinfo);
    drift::OwnerSession session;
    const auto report = drift::make_report(session, name, drift::Suppressed::included);
    struct Counts {
        std::map<std::string_view, std::int64_t> by_severity;
        std::int64_t suppressed = 0;
        std::set<std::string> roles;
    };
    // What is in no schema comes last.
    std::map<std::pair<bool, std::string>, Counts> schemas;
    Causes causes(session);
    for (const auto row : report.order) {
        const auto schema = core::schema_of(report.rows[row].fact);
        auto &counts = schemas[{!schema.has_value(), std::string(schema.value_or(""))}];
        if (!report.suppressed_by[row].empty()) {
            ++counts.suppressed;
            continue;
        }
        ++counts.by_severity[report.severities[row]];
        if (const auto *const cause = causes.of(report.blames[row])) counts.roles.insert(core::shown(cause->role));
    }
    for (const auto &[schema, counts] : schemas) {
        const auto count = [&counts = counts](std::string_view severity) {
            const auto found = counts.by_severity.find(severity);
            return pg::param(found != counts.by_severity.end() ? found->second : std::int64_t{0});
        };
        std::int64_t all = 0;
        for (const auto &[severity, differences] : counts.by_severity) all += differences;
        std::string roles;
        for (const auto &role : counts.roles) roles += (roles.empty() ? "" : ", ") + role;
        result.add({schema.first ? pg::Parameter() : pg::param(std::string_view(core::shown(schema.second))), count("security"), count("breaking"),
                    count("data"), count("performance"), count("cosmetic"), count("coverage"), pg::param(all), pg::param(counts.suppressed),
                    pg::param_or_null(roles)});
    }
    return 0;
}
