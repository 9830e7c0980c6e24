#include <doctest/doctest.h>

#include "core/policy.hpp"

using core::Action;

namespace {

core::PolicyQuestion question(std::string_view rule, std::string schema, std::string object, std::int64_t rows = -1)
{
    return {core::find_rule(rule), std::move(schema), std::move(object), {"app", "writers"}, rows};
}

core::PolicyRow row(std::int64_t id, Action action)
{
    core::PolicyRow made;
    made.id = id;
    made.action = action;
    return made;
}

}  // namespace

TEST_CASE("without policy the rule decides")
{
    CHECK(core::decide({}, question("D03", "public", "public.t")) == Action::approve);
}

TEST_CASE("a row matches by id, name and class of the rule")
{
    auto by_id = row(1, Action::record);
    by_id.rule = "D03";
    auto by_name = row(1, Action::warn);
    by_name.rule = "drop-column";
    auto by_class = row(1, Action::deny);
    by_class.rule_class = "destructive";
    CHECK(core::decide({by_id}, question("D03", "public", "public.t")) == Action::record);
    CHECK(core::decide({by_name}, question("D03", "public", "public.t")) == Action::warn);
    CHECK(core::decide({by_class}, question("D03", "public", "public.t")) == Action::deny);
    CHECK(core::decide({by_id, by_name}, question("D01", "public", "public.t")) == Action::approve);
}

TEST_CASE("the more specific row wins, the later among equals")
{
    auto schema = row(1, Action::allow);
    schema.schema = "scratch";
    auto object = row(2, Action::deny);
    object.object = "scratch.keep";
    auto everything = row(9, Action::warn);
    CHECK(core::decide({schema, object, everything}, question("D01", "scratch", "scratch.keep")) == Action::deny);
    CHECK(core::decide({schema, object, everything}, question("D01", "scratch", "scratch.other")) == Action::allow);
    CHECK(core::decide({schema, object, everything}, question("D01", "public", "public.t")) == Action::warn);
    auto later = row(10, Action::record);
    CHECK(core::decide({later, everything}, question("D01", "public", "public.t")) == Action::record);
}

TEST_CASE("roles are those the session is a member of")
{
    auto writers = row(1, Action::allow);
    writers.role = "writers";
    auto others = row(2, Action::allow);
    others.role = "others";
    CHECK(core::decide({writers}, question("D07", "public", "public.t")) == Action::allow);
    CHECK(core::decide({others}, question("D07", "public", "public.t")) == Action::approve);
}

TEST_CASE("an unknown number of rows counts as many")
{
    auto large = row(1, Action::deny);
    large.min_rows = 1000;
    CHECK(core::decide({large}, question("D07", "public", "public.t", 999)) == Action::approve);
    CHECK(core::decide({large}, question("D07", "public", "public.t", 1000)) == Action::deny);
    CHECK(core::decide({large}, question("D07", "public", "public.t", -1)) == Action::deny);
}

TEST_CASE("the catalogue is well-formed")
{
    std::string_view before;
    for (const core::Rule &rule : core::rules()) {
        CHECK(before < rule.id);
        before = rule.id;
        CHECK(core::find_rule(rule.id) == &rule);
        CHECK_FALSE(rule.description.empty());
        CHECK(core::action_named(core::name_of(rule.action)) == rule.action);
    }
    CHECK(core::find_rule("D99") == nullptr);
    CHECK_FALSE(core::action_named("APPROVE").has_value());
}
