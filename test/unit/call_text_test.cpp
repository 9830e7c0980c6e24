#include <doctest/doctest.h>

#include "core/call_text.hpp"

namespace {

bool approves(std::string_view text) { return core::names_call(text, "langchef_guard", "approve"); }

}  // namespace

TEST_CASE("a call is found however it is written")
{
    CHECK(approves("SELECT langchef_guard.approve(1)"));
    CHECK(approves("select LangChef_Guard . Approve\n (1, 'reason')"));
    CHECK(approves("SELECT \"langchef_guard\".\"approve\"(1)"));
    CHECK(approves("SET search_path = langchef_guard; SELECT approve(1)"));
    CHECK(approves("DO $$ BEGIN PERFORM langchef_guard.approve(1); END $$"));
    CHECK(approves("SELECT lives_ok('SELECT langchef_guard.approve(1)')"));
    CHECK(approves("SELECT my_approve(1), approve(1)"));
    CHECK(approves("approve("));
    CHECK(approves("SELECT langchef_guard.approve/**/(10)"));
    CHECK(approves("SELECT langchef_guard /*c*/ . /*d*/ approve /*e*/ (9)"));
    CHECK(approves("SELECT approve -- x\n(10)"));
}

TEST_CASE("other functions, other schemas and mere mentions are no call")
{
    CHECK_FALSE(approves("SELECT * FROM dev.report"));
    CHECK_FALSE(approves("SELECT dev.approve(1)"));
    CHECK_FALSE(approves("SELECT \"dev\".\"approve\"(1)"));
    CHECK_FALSE(approves("SELECT approve_all(1)"));
    CHECK_FALSE(approves("SELECT pre_approve(1)"));
    CHECK_FALSE(approves("SELECT approve FROM requests"));
    CHECK_FALSE(approves("SELECT * FROM langchef_guard.approve"));
    CHECK_FALSE(approves(""));
    CHECK_FALSE(approves("."));
    CHECK_FALSE(approves("SELECT e FROM evil -- langchef_guard.approve(1)"));
    CHECK_FALSE(approves("SELECT e FROM evil /* langchef_guard.approve(1) */"));
}

TEST_CASE("the name of what EXECUTE runs")
{
    CHECK(core::executed_name("execute ap(2)") == "ap");
    CHECK(core::executed_name(" /* now */ EXECUTE \"Ap\"") == "\"Ap\"");
    CHECK_FALSE(core::executed_name("SELECT 1").has_value());
    CHECK_FALSE(core::executed_name("EXECUTE").has_value());
    CHECK_FALSE(core::executed_name("").has_value());
}
