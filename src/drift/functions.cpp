// The functions that compare the database with an expected schema.
#include "core/drift.hpp"
#include "core/shown.hpp"

#include "drift/environment.hpp"
#include "drift/comparison.hpp"
#include "drift/report.hpp"
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
    auto detail = core::describe(difference);
    constexpr int major = 10000;
    if (report.schema.server_version_num / major != drift::server_version_num() / major &&
        difference.operation == core::DriftOperation::changed && core::is_deparsed(difference.attribute)) {
        detail += "  PostgreSQL " + std::to_string(report.schema.server_version_num / major) + " and " +
                  std::to_string(drift::server_version_num() / major) + " may print the same expression differently.";
    }
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

// Null for an absent value, which is not the same as an empty text.
pg::Parameter value_text(const core::Value &value)
{
    if (std::holds_alternative<std::monostate>(value)) return {};
    return pg::param(std::string_view(core::plain_text(value)));
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
                text(difference.attribute), value_text(difference.expected), value_text(difference.actual),
                name(detail_of(report, row)), implied ? text(report.ids[difference.implied_by]) : pg::Parameter(),
                of_cause(&Cause::role), cause != nullptr ? pg::Parameter(TimestampTzGetDatum(cause->at)) : pg::Parameter(),
                of_cause(&Cause::migration), of_cause(&Cause::revision),
                cause != nullptr ? pg::param(blame.ledger_id) : pg::Parameter(),
                cause != nullptr ? name_or_null(cause->session_role) : pg::Parameter(), of_cause(&Cause::application_name),
                cause != nullptr ? text(core::shown_statement(cause->statement)) : pg::Parameter(), text(blame_word(blame))});
}

}  // namespace

// drift(name text) returns table (...): one row per difference.
LCG_FUNCTION(lcg_drift)
{
    const auto name = drift::optional_name(fcinfo, 0);
    pg::ResultSet result(fcinfo);
    drift::OwnerSession session;
    const auto report = drift::make_report(session, name);
    Causes causes(session);
    pg::ScratchContext scratch;
    for (const auto row : report.order) {
        add_row(result, report, row, causes.of(report.blames[row]));
        scratch.reset();
    }
    return 0;
}

// is_clean(name text) returns boolean.
LCG_FUNCTION(lcg_is_clean)
{
    const auto name = drift::optional_name(fcinfo, 0);
    drift::OwnerSession session;
    const auto schema = drift::find_expected(session, name);
    return BoolGetDatum(drift::compare_with_catalogs(session, schema, 1).empty());
}

// assert_no_drift(name text) returns void: raises LG004 when there is any.
LCG_FUNCTION(lcg_assert_no_drift)
{
    constexpr std::size_t most = 10;
    const auto name = drift::optional_name(fcinfo, 0);
    drift::OwnerSession session;
    const auto report = drift::make_report(session, name);
    if (report.rows.empty()) return 0;
    Causes causes(session);
    std::string detail;
    for (std::size_t i = 0; i < std::min(most, report.order.size()); ++i) {
        const auto row = report.order[i];
        if (!detail.empty()) detail += '\n';
        detail += core::shown(core::describe(report.rows[row]));
        if (const auto *const cause = causes.of(report.blames[row])) detail += core::shown("  Changed by role \"" + cause->role + "\".");
    }
    if (report.rows.size() > most) detail += "\nThere are " + std::to_string(report.rows.size() - most) + " more differences.";
    throw pg::GuardError(pg::sqlstate::drift_found, "schema differs from expected schema \"" + report.schema.name + '"',
                         std::move(detail), "Run SELECT * FROM langchef_guard.drift(" + drift::quoted_literal(report.schema.name) + ").");
}
