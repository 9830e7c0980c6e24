// repair(): the commands that take a difference away.
#include "core/repair/plan.hpp"
#include "core/repair/selection.hpp"
#include "core/rules.hpp"
#include "core/shown.hpp"

#include "drift/environment.hpp"
#include "drift/expected_facts.hpp"
#include "drift/live_facts.hpp"
#include "drift/repair.hpp"
#include "pg/entry.hpp"
#include "pg/scratch.hpp"
#include "pg/srf.hpp"

namespace drift {
namespace {

using core::repair::FactMap;
using core::repair::Selection;

void select_differences(core::FactSource &left, core::FactSource &right, Selection &selection)
{
    bool in_left = left.next();
    bool in_right = right.next();
    while (in_left || in_right) {
        const int order = !in_left ? 1 : !in_right ? -1 : left.key().compare(right.key());
        if (order < 0) {
            selection.add(left.fact());
            in_left = left.next();
        } else if (order > 0) {
            selection.add(right.fact());
            in_right = right.next();
        } else {
            if (left.digest() != right.digest()) {
                selection.add(left.fact());
                selection.add(right.fact());
            }
            in_left = left.next();
            in_right = right.next();
        }
    }
}

// What nothing is known of cannot be repaired either.
core::repair::PlannedStep not_planned(const catalog::Gap &gap)
{
    core::repair::PlannedStep planned;
    planned.step.fact = core::uncovered(gap.catalog, gap.objects, gap.first).fact;
    planned.step.effect = core::repair::Effect::manual;
    planned.step.detail = std::to_string(gap.objects) + " user objects of " + gap.catalog + " are not compared, among them " + gap.first + '.';
    return planned;
}

bool needs_approval(const core::repair::Step &step)
{
    const auto *const rule = step.rule.empty() ? nullptr : core::find_rule(step.rule);
    return rule != nullptr && (rule->action == core::Action::approve || rule->action == core::Action::deny);
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
    constexpr int major = 10000;
    sql.major_version = static_cast<int>(server_version_num() / major);
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
    const auto direction = PG_ARGISNULL(1) ? std::string() : pg::text_of(PG_GETARG_DATUM(1));
    if (direction != "to_expected" && direction != "to_actual") {
        throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "direction \"" + direction + "\" is not known", {},
                             "Use to_expected, which leads the database to the expected schema, or to_actual, which leads a database of the expected schema to this one.");
    }
    if (PG_ARGISNULL(2)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "online must not be null");
    const bool online = PG_GETARG_BOOL(2);
    pg::ResultSet result(fcinfo);
    const auto sql = drift::dialect();
    drift::OwnerSession session;
    const auto schema = drift::find_expected(session, name);
    core::repair::FactMap expected;
    core::repair::FactMap actual;
    std::vector<catalog::Gap> gaps;
    {
        drift::LiveFacts live;
        gaps = live.gaps();
        core::repair::Selection selection;
        {
            drift::ExpectedFacts registered(session, schema.name);
            drift::select_differences(registered, live, selection);
        }
        live.rewind();
        actual = drift::take(live, selection);
        drift::ExpectedFacts registered(session, schema.name);
        expected = drift::take(registered, selection);
    }
    const bool forwards = direction == "to_expected";
    auto plan = core::repair::plan({sql, forwards ? actual : expected, forwards ? expected : actual, online});
    for (const auto &gap : gaps) plan.push_back(drift::not_planned(gap));
    drift::add_plan(result, plan);
    return 0;
}
