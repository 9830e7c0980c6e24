// repair(): the commands that take a difference away.
#include "core/repair/makers.hpp"
#include "core/repair/plan.hpp"
#include "core/repair/reading.hpp"
#include "core/rules.hpp"
#include "core/shown.hpp"

#include "drift/environment.hpp"
#include "drift/exceptions.hpp"
#include "drift/expected_facts.hpp"
#include "drift/last_values.hpp"
#include "drift/live_facts.hpp"
#include "drift/repair.hpp"
#include "drift/report.hpp"
#include "drift/selection.hpp"
#include "pg/attempt.hpp"
#include "pg/entry.hpp"
#include "pg/scratch.hpp"
#include "pg/srf.hpp"

namespace drift {
namespace {

using core::repair::FactMap;

void take_places(const FactMap &source, const std::string &whole, FactMap &facts)
{
    for (const auto *const column : core::repair::columns_of(source, whole)) {
        const auto found = facts.find(column->id);
        const auto place = column->payload.find("ordinal");
        if (found != facts.end() && place != column->payload.end()) found->second.payload.insert_or_assign("ordinal", place->second);
    }
}

// What drift has told, as plans need it: which facts the rows are about under the names of either time.
//   to_actual   the facts expected are to become the actual ones; else the other way round
//   places      whether the order of columns counts
struct Told {
    const std::vector<core::DriftRow> &rows;
    const core::repair::Renaming &back;  // from the names of today to those of the registration
    bool to_actual;
    bool places;

    std::string registered_id(const core::DriftRow &row) const
    {
        if (row.operation != core::DriftOperation::missing) return back.id(row.fact);
        return row.registered.empty() ? row.fact : row.registered;
    }
    // In the schema that is wanted.
    std::string wanted_id(const core::DriftRow &row) const
    {
        return to_actual && row.operation != core::DriftOperation::missing ? row.fact : registered_id(row);
    }
};

// Leads one side to the other by the rows, which can be fewer than all: of what does not count nothing is done.
//   facts    what there is, under the names that are wanted
//   source   what is wanted, under its own names
void apply(const Told &told, const core::repair::Renaming &renaming, const FactMap &source, FactMap &facts)
{
    const auto come = told.to_actual ? core::DriftOperation::unexpected : core::DriftOperation::missing;
    const auto go = told.to_actual ? core::DriftOperation::missing : core::DriftOperation::unexpected;
    // What comes can have the name of what goes.
    for (const auto &row : told.rows) {
        if (row.operation == go) facts.erase(told.to_actual ? renaming.id(told.wanted_id(row)) : told.wanted_id(row));
    }
    for (const auto &row : told.rows) {
        const auto id = told.wanted_id(row);
        const auto other = source.find(id);
        if (other == source.end() || row.operation == go) continue;
        if (row.operation == come) {
            facts.insert_or_assign(id, other->second);
            // Which neighbours it is to have no row of theirs says.
            if (told.places && row.implied_by == core::no_row && core::repair::is_column(other->second)) take_places(source, other->second.parent, facts);
        } else if (const auto found = facts.find(id); found != facts.end() && !row.attribute.empty()) {
            auto &fact = found->second;
            if (row.attribute == "parent") {
                fact.parent = other->second.parent;
                continue;
            }
            core::repair::take_over(other->second, row.attribute, fact);
            // Of columns that moved among their neighbours only some have rows.
            if (row.attribute == "ordinal") take_places(source, fact.parent, facts);
            // Privileges that only follow the owner have no row of their own.
            if (row.attribute == "owner") core::repair::take_over(other->second, "acl", fact);
        }
    }
}

// What only shows another's new name is as wanted once that is renamed.  A view can have kept the old name, as an alias:
// it is written again.
void follow(const Told &told, const FactMap &wanted, FactMap &facts)
{
    for (const auto &row : told.rows) {
        const bool follows = row.operation == core::DriftOperation::changed && row.implied_by != core::no_row && row.kind != "view" &&
                             told.rows[row.implied_by].operation == core::DriftOperation::renamed;
        if (!follows) continue;
        const auto from = facts.find(told.wanted_id(row));
        const auto to = wanted.find(told.wanted_id(row));
        if (from != facts.end() && to != wanted.end()) core::repair::take_over(to->second, row.attribute, from->second);
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

// Enums that had other labels than now, because these were renamed.
std::set<std::string> relabelled(const Told &told)
{
    std::set<std::string> ids;
    for (const auto &row : told.rows) {
        if (row.operation == core::DriftOperation::renamed && row.attribute == "labels") ids.insert(told.wanted_id(row));
    }
    return ids;
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

// Whether there is a cast, if only an explicit one.  What a document calls a type can be anything.
bool are_cast(const std::string &from, const std::string &to)
{
    bool found = false;
    bool *const answer = &found;
    auto look = [&from, &to, answer] {
        Oid source = InvalidOid;
        Oid target = InvalidOid;
        int32 typmod = -1;
        pg::compat::parse_type_missing_ok(from.c_str(), &source, &typmod);
        pg::compat::parse_type_missing_ok(to.c_str(), &target, &typmod);
        Oid function = InvalidOid;
        *answer = OidIsValid(source) && OidIsValid(target) &&
                  find_coercion_pathway(target, source, COERCION_EXPLICIT, &function) != COERCION_PATH_NONE;
    };
    return pg::attempt<false>(look) == nullptr && found;
}

}  // namespace

core::repair::Dialect dialect(bool for_this_database)
{
    core::repair::Dialect sql;
    sql.quote = [](std::string_view name) {
        const std::string text(name);
        return pg::text_of(pg::call([&text] { return quote_identifier(text.c_str()); }));
    };
    sql.clip = [](std::string_view name, std::size_t limit) { return std::string(pg::clip(name, limit)); };
    sql.casts = are_cast;
    constexpr int major = 10000;
    sql.major_version = static_cast<int>(server_version_num() / major);
    sql.usual_not_null_name = usual_not_null_name();
    if (for_this_database && sql.usual_not_null_name) sql.present_not_null_name = present_not_null_name;
    sql.check_for_interrupts = [] { pg::call([] { CHECK_FOR_INTERRUPTS(); }); };
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
    const auto sql = drift::dialect(direction == "to_expected");
    drift::OwnerSession session;
    const auto report = drift::make_report(session, name);
    core::repair::Selection selection;
    for (const auto &row : report.rows) drift::add_row(row, row.fact, row.parent, selection);
    const bool with_parents = drift::needs_parents(report.rows);
    if (with_parents) {
        drift::ExpectedFacts registered(session, report.schema.name);
        drift::add_parents(registered, selection);
    }
    const auto keyed = drift::tables_with_partitions_concerned(report.rows);
    core::repair::FactMap actual;
    std::vector<catalog::Gap> gaps;
    {
        drift::LiveFacts live;
        gaps = live.gaps();
        if (with_parents) drift::add_parents(live, selection);
        drift::add_partitions(live, keyed, selection);
        actual = drift::take(live, selection);
    }
    const core::repair::Renaming back(sql, actual, drift::renames_of(report.rows, false));
    const bool to_actual = direction == "to_actual";
    const drift::Told told{report.rows, back, to_actual, drift::find_scope(session, report.schema.name).column_order};
    for (const auto &row : report.rows) drift::add_row(row, told.registered_id(row), back.id(row.parent), selection);
    core::repair::FactMap expected;
    {
        drift::ExpectedFacts registered(session, report.schema.name);
        expected = drift::take(registered, selection);
    }
    const core::repair::Renaming forth(sql, expected, to_actual ? drift::renames_of(report.rows, true) : std::vector<core::repair::Rename>());
    const auto &renaming = to_actual ? forth : back;
    auto from = renaming.facts(to_actual ? expected : actual);
    auto wanted = from;
    drift::apply(told, renaming, to_actual ? actual : expected, wanted);
    drift::follow(told, wanted, from);
    // Those of the other database, which is to become like this one, nobody knows here.
    const auto last_values = to_actual ? std::map<std::string, std::int64_t, std::less<>>() : drift::last_values(actual, back, wanted);
    auto plan = core::repair::plan_after(renaming.steps(), {sql, from, wanted, online, drift::relabelled(told), last_values});
    for (const auto &gap : gaps) plan.push_back(drift::not_planned(gap));
    drift::add_plan(result, plan);
    return 0;
}
