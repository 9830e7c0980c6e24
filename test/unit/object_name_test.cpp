#include <doctest/doctest.h>

#include "core/object_name.hpp"
#include "core/part_lives.hpp"

namespace {

using Parts = std::vector<std::string>;

core::PartEvent event(std::int64_t row, int place, const std::string &fact, const std::string &op, const std::string &old_id = {})
{
    return {row, place, fact, op, old_id};
}

std::string told(const std::vector<core::PartLives::Touch> &touches)
{
    std::string out;
    for (const auto &touch : touches) {
        out += std::to_string(touch.ledger_id) + ' ' + touch.fact;
        for (const auto place : touch.places) out += ' ' + std::to_string(place);
        out += '\n';
    }
    return out;
}

}  // namespace

TEST_CASE("names of objects")
{
    auto name = core::read_object_name("public.Prompts");
    CHECK(name.kind.empty());
    CHECK(name.parts == Parts{"public", "prompts"});
    CHECK(name.in_facts(2) == "public.prompts");
    name = core::read_object_name(" materialized view public.\"A \"\"b\"\".c\" ");
    CHECK(name.kind == "materialized_view");
    CHECK(name.parts == Parts{"public", "A \"b\".c"});
    CHECK(name.in_facts(2) == "public.\"A \"\"b\"\".c\"");
    name = core::read_object_name("table:public.prompts");
    CHECK(name.kind == "table");
    CHECK(name.parts == Parts{"public", "prompts"});
    name = core::read_object_name("Function public.f(numeric(3, 2), s.\"x,y\")");
    CHECK(name.kind == "function");
    CHECK(name.with_arguments);
    CHECK(name.arguments == Parts{"numeric(3, 2)", "s.\"x,y\""});
    CHECK(name.in_facts(2) == "public.f(numeric(3, 2),s.\"x,y\")");
    CHECK(name.in_facts(1) == "public");
    CHECK(core::read_object_name("public.f()").arguments.empty());
    CHECK(core::read_object_name("public.f()").with_arguments);
    // A table may be called like a kind.
    CHECK(core::read_object_name("table").parts == Parts{"table"});
    CHECK(core::read_object_name("table.column").parts == Parts{"table", "column"});
    CHECK(core::read_object_name("user mapping far.bob").kind == "user_mapping");
}

TEST_CASE("what is no plain name")
{
    for (const auto *const text : {"", " ", ".", "a.", ".a", "a..b", "\"", "\"\"", "a.\"b", "a b", "a(b", "(a AS b)", "a.b)c", "table:", "a\"b\""}) {
        CAPTURE(text);
        CHECK(core::read_object_name(text).parts.empty());
    }
    CHECK(core::read_object_name("cast (a AS b)").kind == "cast");
    CHECK(core::read_object_name("cast (a AS b)").whole == "(a AS b)");
}

TEST_CASE("the lives of parts")
{
    core::PartLives lives;
    lives.add(event(1, 1, "column:s.a.x", "added"));
    lives.add(event(1, 2, "column:s.a.y", "added"));
    lives.add(event(1, 3, "table:s.a", "added"));
    lives.add(event(2, 1, "column:s.a.z", "changed", "column:s.a.x"));
    lives.add(event(3, 1, "table:s.b", "changed", "table:s.a"));
    lives.add(event(4, 1, "column:s.b.x", "added"));
    lives.add(event(5, 1, "column:s.b.z", "changed"));
    lives.add(event(5, 2, "column:s.b.z", "changed"));
    lives.add(event(6, 1, "column:s.b.z", "removed"));
    lives.add(event(7, 1, "column:s.b.z", "added"));
    lives.add(event(8, 1, "constraint:s.b.z", "added"));
    CHECK(told(lives.of("column", "x")) == "1 column:s.a.x 1\n2 column:s.a.z 1\n4 column:s.b.x 1\n5 column:s.b.z 1 2\n6 column:s.b.z 1\n");
    CHECK(told(lives.of("", "z")) == "1 column:s.a.x 1\n2 column:s.a.z 1\n5 column:s.b.z 1 2\n6 column:s.b.z 1\n7 column:s.b.z 1\n8 constraint:s.b.z 1\n");
    CHECK(told(lives.of("constraint", "z")) == "8 constraint:s.b.z 1\n");
    CHECK(told(lives.of("", "nothing")).empty());
    CHECK(told(lives.of("", "")).empty());
}
