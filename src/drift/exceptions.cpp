#include "core/json_reader.hpp"
#include "core/suppression.hpp"

#include "drift/exceptions.hpp"

#include "drift/environment.hpp"
#include "pg/cursor.hpp"
#include "pg/scratch.hpp"

namespace drift {
namespace {

constexpr long batch_size = 1000;

constinit pg::Statement find_options{
    "SELECT o.options FROM langchef_guard.expected_option o WHERE o.schema_name OPERATOR(pg_catalog.=) $1", {TEXTOID}};

#define LCG_RULES_IN_FORCE \
    "langchef_guard.ignore_rule r WHERE r.ended_at IS NULL AND (r.expires IS NULL OR r.expires OPERATOR(pg_catalog.>) pg_catalog.now())"

constinit pg::Statement any_exception{
    "SELECT EXISTS (SELECT FROM langchef_guard.expected_option o WHERE o.schema_name OPERATOR(pg_catalog.=) $1)"
    "    OR EXISTS (SELECT FROM " LCG_RULES_IN_FORCE ")"
    "    OR EXISTS (SELECT FROM langchef_guard.accepted_difference a"
    "                WHERE a.schema_name OPERATOR(pg_catalog.=) $1 AND a.withdrawn_at IS NULL)",
    {TEXTOID}};

constinit pg::Statement expected_members{
    "SELECT o.fact_id FROM langchef_guard.expected_object o"
    " WHERE o.schema_name OPERATOR(pg_catalog.=) $1 AND o.payload OPERATOR(pg_catalog.?) 'extension'",
    {TEXTOID}};

constinit pg::Statement rules_in_force{"SELECT r.id, r.kind, r.attribute, r.object, r.reason FROM " LCG_RULES_IN_FORCE " ORDER BY r.id", {}};

constinit pg::Statement accepted_here{
    "SELECT a.drift_id, a.fact_digest,"
    "       pg_catalog.format('accepted by role \"%s\" at %s: %s', a.accepted_by, pg_catalog.date_trunc('second', a.accepted_at), a.reason)"
    "  FROM langchef_guard.accepted_difference a"
    " WHERE a.schema_name OPERATOR(pg_catalog.=) $1 AND a.withdrawn_at IS NULL",
    {TEXTOID}};

std::vector<core::IgnoreRule> find_rules(OwnerSession &session)
{
    std::vector<core::IgnoreRule> rules;
    const auto found = session->query(rules_in_force, {});
    const auto optional = [&found](std::uint64_t row, int column) {
        return found.is_null(row, column) ? std::nullopt : std::optional(found.text(row, column));
    };
    for (std::uint64_t i = 0; i < found.size(); ++i) {
        rules.push_back({found.int8(i, 1), optional(i, 2), optional(i, 3), optional(i, 4), found.text(i, 5)});
    }
    return rules;
}

std::vector<std::string> find_accepted(const std::string &name, const std::vector<core::DriftRow> &rows, const std::vector<std::string> &ids)
{
    std::vector<std::string> accepted(rows.size());
    std::map<std::string_view, std::size_t> by_id;
    for (std::size_t i = 0; i < rows.size(); ++i) by_id.emplace(ids[i], i);
    pg::Cursor cursor(accepted_here, {pg::param(std::string_view(name))});
    for (;;) {
        const auto batch = cursor.fetch(batch_size);
        if (batch.empty()) break;
        for (std::uint64_t i = 0; i < batch.size(); ++i) {
            const auto found = by_id.find(batch.text(i, 1));
            // Of a fact that came or went the id does not say what it is like.
            if (found != by_id.end() && rows[found->second].digest == batch.text(i, 2)) accepted[found->second] = batch.text(i, 3);
        }
    }
    return accepted;
}

}  // namespace

pg::GuardError bad_options(const std::string &message)
{
    return {ERRCODE_INVALID_PARAMETER_VALUE, message, {}, core::options_hint()};
}

core::DriftScope with_options(const core::DriftScope &scope, const std::string &json)
{
    try {
        return core::with_options(scope, json, !needs_conversion());
    } catch (const core::OptionError &error) {
        throw bad_options(error.what());
    } catch (const core::JsonError &) {
        throw bad_options("options must be a JSON object whose values are true, false, null or lists of names");
    }
}

core::DriftScope find_scope(OwnerSession &session, const std::string &name)
{
    const auto found = session->query(find_options, {pg::param(std::string_view(name))});
    return found.empty() ? core::DriftScope() : with_options({}, found.text(0, 1));
}

core::DriftScope find_latest_scope(OwnerSession &session, const std::string &name)
{
    const auto found = session->run(find_options, {pg::param(std::string_view(name))});
    return found.empty() ? core::DriftScope() : with_options({}, found.text(0, 1));
}

core::DriftScope in_utf8(const core::DriftScope &scope)
{
    auto converted = scope;
    for (auto *const names : {converted.schemas ? &*converted.schemas : nullptr, &converted.except_schemas}) {
        if (names == nullptr) continue;
        for (auto &name : *names) name = to_utf8(name);
    }
    return converted;
}

bool has_exceptions(OwnerSession &session, const std::string &name)
{
    return session->query(any_exception, {pg::param(std::string_view(name))}).boolean(0, 1);
}

std::vector<core::LeftOut> leave_out(OwnerSession &session, const std::string &name, const core::DriftScope &scope, std::vector<core::DriftRow> &rows)
{
    std::set<std::string, std::less<>> members;
    if (!scope.extension_members) {
        const auto found = session->query(expected_members, {pg::param(std::string_view(name))});
        for (std::uint64_t i = 0; i < found.size(); ++i) members.insert(found.text(i, 1));
    }
    return core::leave_out(rows, scope, members);
}

std::vector<std::string> find_suppressed(OwnerSession &session, const std::string &name, const std::vector<core::DriftRow> &rows,
                                         const std::vector<std::string> &ids)
{
    if (rows.empty()) return {};
    const auto rules = find_rules(session);
    auto accepted = find_accepted(name, rows, ids);
    pg::ScratchContext scratch;
    const core::Like like = [&scratch](const std::string &text, const std::string &pattern) {
        const Datum one = pg::text_datum(text);
        const Datum other = pg::text_datum(pattern);
        const bool alike = pg::call([one, other] { return DatumGetBool(DirectFunctionCall2Coll(textlike, C_COLLATION_OID, one, other)); });
        scratch.reset();
        return alike;
    };
    return core::suppress(rows, rules, like, std::move(accepted));
}

}  // namespace drift
