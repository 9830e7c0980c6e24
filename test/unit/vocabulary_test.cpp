#include <doctest/doctest.h>

#include "core/snapshot.hpp"
#include "core/vocabulary.hpp"

namespace {

core::Fact fact(const std::string &id, const std::string &parent)
{
    core::Fact made;
    made.kind = id.substr(0, id.find(':'));
    made.id = id;
    made.parent = parent;
    return made;
}

std::string reason(const core::Fact &given)
{
    try {
        core::check_fact(given);
    } catch (const core::SnapshotError &error) {
        return error.what();
    }
    return "";
}

std::string with(core::Fact given, const std::string &name, core::Value value)
{
    given.set(name, std::move(value));
    return reason(given);
}

std::string missing_parent(const core::Facts &facts)
{
    core::ParentCheck check;
    std::int64_t line = 1;
    for (const auto &given : facts) check.add(given, ++line);
    try {
        check.finish();
    } catch (const core::SnapshotError &error) {
        return std::to_string(check.line()) + ": " + error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("facts as readers make them")
{
    CHECK(reason(fact("schema:s", "")) == "");
    CHECK(reason(fact("table:s.t", "schema:s")) == "");
    CHECK(reason(fact("table:\"a.b\".t", "schema:\"a.b\"")) == "");
    CHECK(reason(fact("function:s.f(integer,s.t)", "schema:s")) == "");
    CHECK(reason(fact("column:s.t.a", "foreign_table:s.t")) == "");
    CHECK(reason(fact("attribute:s.t.a", "composite:s.t")) == "");
    CHECK(reason(fact("index:s.i", "matview:s.t")) == "");
    CHECK(with(fact("column:s.t.a", "table:s.t"), "ordinal", std::int64_t{1}) == "");
    CHECK(with(fact("column:s.t.a", "table:s.t"), "options", core::List{"n_distinct=5"}) == "");
    CHECK(with(fact("view:s.v", "schema:s"), "security_barrier", true) == "");
    // Of an extension can be a whole, not its parts.
    CHECK(with(fact("table:s.t", "schema:s"), "extension", std::string("e")) == "");
    CHECK(with(fact("column:s.t.a", "table:s.t"), "extension", std::string("e")) != "");
    CHECK(reason(fact("cast:(s.t AS text)", "")) == "");
    CHECK(reason(fact("server:far", "foreign_data_wrapper:remote")) == "");
    CHECK(reason(fact("user_mapping:far.public", "server:far")) == "");
    CHECK(reason(fact("user_mapping:far.public", "server:near")) != "");
    CHECK(reason(fact("default_privileges:bob.tables", "")) == "");
    CHECK(reason(fact("default_privileges:bob.tables.s", "schema:s")) == "");
    CHECK(reason(fact("statistics:s.x", "table:s.t")) == "");
}

TEST_CASE("facts that no reader makes")
{
    CHECK(reason(fact("gadget:s.t", "schema:s")) == "this version of langchef_guard knows no facts of kind \"gadget\"");
    CHECK(with(fact("table:s.t", "schema:s"), "owner", core::List{"a"}) == "attribute \"owner\" of a fact of kind \"table\" must be text");
    CHECK(with(fact("table:s.t", "schema:s"), "acl", std::string("a")) == "attribute \"acl\" of a fact of kind \"table\" must be a list");
    CHECK(with(fact("table:s.t", "schema:s"), "row_security", std::string("on")) ==
          "attribute \"row_security\" of a fact of kind \"table\" must be true or false");
    CHECK(with(fact("column:s.t.a", "table:s.t"), "ordinal", std::string("1")) ==
          "attribute \"ordinal\" of a fact of kind \"column\" must be an integer");
    CHECK(with(fact("table:s.t", "schema:s"), "colour", std::string("red")) == "a fact of kind \"table\" has no attribute \"colour\"");
    CHECK(with(fact("table:s.t", "schema:s"), "owner comment", std::string("red")) != "");
    CHECK(with(fact("table:s.t", "schema:s"), "", std::string("red")) != "");
}

TEST_CASE("parents are nearer to the schema")
{
    CHECK(reason(fact("table:z.x", "table:z.x")) == "fact \"table:z.x\" cannot be a part of \"table:z.x\"");
    CHECK(reason(fact("table:z.x", "")) == "fact \"table:z.x\" has no parent");
    CHECK(reason(fact("schema:z", "schema:y")) == "fact \"schema:z\" cannot be a part of \"schema:y\"");
    CHECK(reason(fact("column:s.t.a", "column:s.t.a")) != "");
    CHECK(reason(fact("column:s.t.a", "table:s.u")) != "");
    CHECK(reason(fact("column:s.t.a", "schema:s")) != "");
    CHECK(reason(fact("column:s.t", "table:s.t")) != "");
    CHECK(reason(fact("table:s.t", "schema:")) != "");
    CHECK(reason(fact("table:s.t", "schema")) != "");
    CHECK(reason(fact("index:s.i", "index:s.i")) != "");
}

TEST_CASE("parents are in the document")
{
    CHECK(missing_parent({fact("column:s.t.a", "table:s.t"), fact("table:s.t", "schema:s")}) == "");
    CHECK(missing_parent({fact("index:ext.i", "table:ext.t")}) == "");
    CHECK(missing_parent({fact("column:s.t.a", "table:s.t"), fact("column:s.t.b", "table:s.t"), fact("trigger:s.v.g", "view:s.v")}) ==
          "2: fact \"column:s.t.a\" is a part of \"table:s.t\", which the document lacks");
}
