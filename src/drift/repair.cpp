// repair(): the commands that take a difference away.
#include "core/repair/makers.hpp"
#include "core/repair/plan.hpp"
#include "core/repair/selection.hpp"
#include "core/rules.hpp"
#include "core/shown.hpp"

#include "drift/environment.hpp"
#include "drift/expected_facts.hpp"
#include "drift/live_facts.hpp"
#include "drift/renames.hpp"
#include "drift/repair.hpp"
#include "drift/report.hpp"
#include "pg/entry.hpp"
#include "pg/scratch.hpp"
#include "pg/srf.hpp"

namespace drift {
namespace {

using core::repair::FactMap;
using core::repair::Selection;

// The facts that a plan for the rows needs.
Selection selection_of(const std::vector<core::DriftRow> &rows)
{
    Selection selection;
    for (const auto &row : rows) {
        core::Fact fact;
        fact.id = row.fact;
        fact.kind = row.kind;
        fact.parent = row.parent;
        // What it hung on is concerned as well.
        for (const auto *const value : {&row.expected, &row.actual}) {
            if (row.attribute == "partition_of" || row.attribute == "inherits") fact.set(row.attribute, *value);
        }
        selection.add(fact);
    }
    return selection;
}

void take_places(const FactMap &source, const std::string &whole, FactMap &facts)
{
    for (const auto *const column : core::repair::columns_of(source, whole)) {
        const auto found = facts.find(column->id);
        const auto place = column->payload.find("ordinal");
        if (found != facts.end() && place != column->payload.end()) found->second.payload.insert_or_assign("ordinal", place->second);
    }
}

// Leads one side to the other by the rows, which can be fewer than all: of what does not count nothing is done.
//   to_actual   the facts are those expected, to become the actual ones; else the other way round
void apply(const std::vector<core::DriftRow> &rows, const FactMap &source, bool to_actual, FactMap &facts)
{
    const auto come = to_actual ? core::DriftOperation::unexpected : core::DriftOperation::missing;
    const auto go = to_actual ? core::DriftOperation::missing : core::DriftOperation::unexpected;
    for (const auto &row : rows) {
        const auto other = source.find(row.fact);
        if (row.operation == come && other != source.end()) {
            facts.insert_or_assign(row.fact, other->second);
        } else if (row.operation == go) {
            facts.erase(row.fact);
        } else if (const auto found = facts.find(row.fact); found != facts.end() && other != source.end() && !row.attribute.empty()) {
            auto &fact = found->second;
            if (row.attribute == "parent") {
                fact.parent = other->second.parent;
                continue;
            }
            const auto take_over = [&](const std::string &attribute) {
                const auto value = other->second.payload.find(attribute);
                fact.payload.erase(attribute);
                if (value != other->second.payload.end()) fact.payload.emplace(attribute, value->second);
            };
            take_over(row.attribute);
            // Of columns that moved among their neighbours only some have rows.
            if (row.attribute == "ordinal") take_places(source, fact.parent, facts);
            // Privileges that only follow the owner have no row of their own.
            if (row.attribute == "owner") take_over("acl");
        }
    }
}

// Objects that have another name than they were registered with.
std::vector<core::repair::Rename> renames_of(const std::vector<core::DriftRow> &rows, bool to_actual)
{
    std::vector<core::repair::Rename> renames;
    for (const auto &row : rows) {
        // What has no name of its own has another description because a type has another name.
        const bool named = row.kind != "cast" && row.kind != "transform" && row.kind != "default_privileges" && row.kind != "user_mapping" && row.kind != "role_settings";
        if (row.operation != core::DriftOperation::renamed || !row.attribute.empty() || !named) continue;
        auto registered = row.kind + ':' + core::plain_text(row.expected);
        if (to_actual) renames.push_back({std::move(registered), row.fact});
        else renames.push_back({row.fact, std::move(registered)});
    }
    return renames;
}

bool needs_approval(const core::repair::Step &step)
{
    const auto *const rule = step.rule.empty() ? nullptr : core::find_rule(step.rule);
    return rule != nullptr && (rule->action == core::Action::approve || rule->action == core::Action::deny);
}

// What nothing is known of cannot be repaired either.
core::repair::PlannedStep not_planned(const catalog::Gap &gap)
{
    core::repair::PlannedStep planned;
    const auto row = core::uncovered(gap.catalog, gap.objects, gap.first);
    planned.step.fact = row.fact;
    planned.step.effect = core::repair::Effect::manual;
    planned.step.detail = core::describe(row);
    return planned;
}

}  // namespace

FactMap take(core::FactSource &facts, const Selection &selection)
{
    FactMap taken;
    if (selection.empty()) return taken;
    while (facts.next()) {
        auto fact = facts.fact();
        if (selection.needs(fact)) taken.emplace(fact.id, std::move(fact));
    }
    return taken;
}

core::repair::Dialect dialect()
{
    core::repair::Dialect sql;
    sql.quote = [](std::string_view name) {
        const std::string text(name);
        return pg::text_of(pg::call([&text] { return quote_identifier(text.c_str()); }));
    };
    sql.clip = [](std::string_view name, std::size_t limit) { return std::string(pg::clip(name, limit)); };
    constexpr int major = 10000;
    sql.major_version = static_cast<int>(server_version_num() / major);
    sql.usual_not_null_name = usual_not_null_name();
    sql.database = pg::text_of(pg::call([] { return static_cast<const char *>(get_database_name(MyDatabaseId)); }));
    sql.role = pg::text_of(pg::call([] { return static_cast<const char *>(GetUserNameFromId(GetOuterUserId(), false)); }));
    return sql;
}

void add_plan(pg::ResultSet &result, const std::vector<core::repair::PlannedStep> &plan)
{
    pg::ScratchContext scratch;
    std::int32_t number = 0;
    const auto text = [](std::string_view value) { return pg::param_or_null(value); };
    for (const auto &one : plan) {
        const auto &step = one.step;
        const bool manual = step.effect == core::repair::Effect::manual;
        result.add({pg::Parameter(Int32GetDatum(++number)), pg::Parameter(Int32GetDatum(one.transaction)),
                    pg::param(step.setting != core::repair::Setting::outside), text(core::repair::effect_word(step.effect)), text(step.rule),
                    pg::param(needs_approval(step)), text(core::repair::lock_word(step.lock)), text(core::shown(core::object_of(step.fact))),
                    manual ? pg::Parameter() : pg::param(std::string_view(step.command)), text(core::shown(step.detail))});
        scratch.reset();
    }
}

}  // namespace drift

// repair(name text, direction text, online boolean) returns table (...): the steps, in order.
LCG_FUNCTION(lcg_repair)
{
    const auto name = drift::optional_name(fcinfo, 0);
    if (PG_ARGISNULL(1)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "direction must not be null");
    const auto direction = pg::text_of(PG_GETARG_DATUM(1));
    if (direction != "to_expected" && direction != "to_actual") {
        throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "direction \"" + direction + "\" is not known", {},
                             "Use to_expected, which leads the database to the expected schema, or to_actual, which leads a database of the expected schema to this one.");
    }
    if (PG_ARGISNULL(2)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "online must not be null");
    const bool online = PG_GETARG_BOOL(2);
    pg::ResultSet result(fcinfo);
    const auto sql = drift::dialect();
    drift::OwnerSession session;
    const auto report = drift::make_report(session, name);
    const auto selection = drift::selection_of(report.rows);
    core::repair::FactMap expected;
    core::repair::FactMap actual;
    std::vector<catalog::Gap> gaps;
    {
        drift::LiveFacts live;
        gaps = live.gaps();
        actual = drift::take(live, selection);
        drift::ExpectedFacts registered(session, report.schema.name);
        const auto renames = drift::find_renames(session, report.schema);
        core::RenamedFacts under_present_names(registered, renames, drift::to_utf8, sql.usual_not_null_name);
        expected = drift::take(under_present_names, selection);
    }
    // Both are under the names of today; what is expected has its own in the end, or in the beginning.
    const bool to_actual = direction == "to_actual";
    auto wanted = to_actual ? expected : actual;
    drift::apply(report.rows, to_actual ? actual : expected, to_actual, wanted);
    const auto back = drift::renames_of(report.rows, false);
    core::repair::Steps unused;
    if (to_actual) expected = core::repair::renamed(sql, expected, back, unused);
    else wanted = core::repair::renamed(sql, wanted, back, unused);
    auto plan = core::repair::plan({sql, to_actual ? expected : actual, wanted, online}, to_actual ? drift::renames_of(report.rows, true) : back);
    for (const auto &gap : gaps) plan.push_back(drift::not_planned(gap));
    drift::add_plan(result, plan);
    return 0;
}
