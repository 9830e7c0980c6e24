#include <doctest/doctest.h>

#include "core/repair/name_texts.hpp"
#include "core/repair/renaming.hpp"

#include "repair_facts.hpp"

using core::repair::Rename;

namespace {

using Texts = std::vector<std::string>;

Texts rename_commands(const FactMap &facts, const std::vector<Rename> &renames)
{
    const auto sql = dialect();
    Texts texts;
    const core::repair::Renaming renaming(sql, facts, renames);
    for (const auto &step : renaming.steps()) texts.push_back(step.command);
    return texts;
}

std::string defaulted(const FactMap &facts, const std::vector<Rename> &renames, const std::string &id)
{
    core::repair::Steps steps;
    const auto now = core::repair::renamed(dialect(), facts, renames, steps);
    return std::get<std::string>(now.at(id).payload.at("default"));
}

}  // namespace

TEST_CASE("two columns change places by way of a third name")
{
    const auto facts = map_of({fact("table:app.t", "schema:app"), fact("column:app.t.a", "table:app.t", {{"default", std::string("1")}}), fact("column:app.t.b", "table:app.t")});
    const std::vector<Rename> swap{{"column:app.t.a", "column:app.t.b"}, {"column:app.t.b", "column:app.t.a"}};
    CHECK(rename_commands(facts, swap) == Texts{"ALTER TABLE app.t RENAME COLUMN b TO lcg_renamed_1", "ALTER TABLE app.t RENAME COLUMN a TO b",
                                         "ALTER TABLE app.t RENAME COLUMN lcg_renamed_1 TO a"});
    CHECK(defaulted(facts, swap, "column:app.t.b") == "1");
}

TEST_CASE("so do a table and a view, and schemas with what is in them")
{
    const auto facts = map_of({fact("schema:x", ""), fact("schema:y", ""), fact("table:x.a", "schema:x"), fact("column:x.a.i", "table:x.a", {{"default", std::string("nextval('x.a'::regclass)")}}),
                               fact("view:x.b", "schema:x")});
    CHECK(rename_commands(facts, {{"table:x.a", "table:x.b"}, {"view:x.b", "view:x.a"}}) ==
          Texts{"ALTER VIEW x.b RENAME TO lcg_renamed_1", "ALTER TABLE x.a RENAME TO b", "ALTER VIEW x.lcg_renamed_1 RENAME TO a"});
    const std::vector<Rename> schemas{{"schema:x", "schema:y"}, {"schema:y", "schema:x"}};
    CHECK(rename_commands(facts, schemas) == Texts{"ALTER SCHEMA y RENAME TO lcg_renamed_1", "ALTER SCHEMA x RENAME TO y", "ALTER SCHEMA lcg_renamed_1 RENAME TO x"});
    CHECK(defaulted(facts, schemas, "column:y.a.i") == "nextval('y.a'::regclass)");
}

TEST_CASE("what has the name that another had makes way")
{
    const auto facts = map_of({fact("table:app.new", "schema:app", {{"comment", std::string("first")}}), fact("table:app.t", "schema:app")});
    const std::vector<Rename> back{{"table:app.new", "table:app.t"}};
    CHECK(rename_commands(facts, back) == Texts{"ALTER TABLE app.t RENAME TO lcg_renamed_1", "ALTER TABLE app.new RENAME TO t"});
    const auto sql = dialect();
    const core::repair::Renaming renaming(sql, facts, back);
    CHECK(renaming.id("table:app.t") == "table:app.lcg_renamed_1");
    CHECK(renaming.id("column:app.t.a") == "column:app.lcg_renamed_1.a");
    CHECK(renaming.id("column:app.new.a") == "column:app.t.a");
    CHECK(renaming.id("function:app.f(app.new, other.new)") == "function:app.f(app.t, other.new)");
}

TEST_CASE("a chain goes from its end")
{
    const auto facts = map_of({fact("table:app.a", "schema:app"), fact("table:app.b", "schema:app"), fact("table:app.c", "schema:app")});
    CHECK(rename_commands(facts, {{"table:app.a", "table:app.b"}, {"table:app.b", "table:app.c"}, {"table:app.c", "table:app.d"}}) ==
          Texts{"ALTER TABLE app.c RENAME TO d", "ALTER TABLE app.b RENAME TO c", "ALTER TABLE app.a RENAME TO b"});
}

TEST_CASE("what follows another needs no command")
{
    const auto facts = map_of({fact("table:a.t", "schema:a"), fact("column:a.t.x", "table:a.t"), fact("table:a.heir", "schema:a"),
                               fact("column:a.heir.x", "table:a.heir", {{"inherited", true}}), fact("index:a.i", "table:a.t"),
                               fact("sequence:a.s", "schema:a", {{"owned_by", std::string("a.t.x")}}), fact("table:a.typed", "schema:a", {{"of_type", std::string("a.c")}}),
                               fact("column:a.typed.x", "table:a.typed"), fact("composite:a.c", "schema:a"), fact("attribute:a.c.x", "composite:a.c")});
    CHECK(rename_commands(facts, {{"column:a.t.x", "column:a.t.y"}, {"column:a.heir.x", "column:a.heir.y"}, {"column:a.typed.x", "column:a.typed.y"},
                           {"attribute:a.c.x", "attribute:a.c.y"}, {"table:a.t", "table:b.t"}, {"index:a.i", "index:b.j"}, {"sequence:a.s", "sequence:b.s"}}) ==
          Texts{"ALTER TABLE a.t RENAME COLUMN x TO y", "ALTER TYPE a.c RENAME ATTRIBUTE x TO y CASCADE", "ALTER INDEX a.i RENAME TO j", "ALTER TABLE a.t SET SCHEMA b"});
}

TEST_CASE("constants are a user's text, but for those that name an object")
{
    const auto facts = map_of({fact("table:public.shop", "schema:public"), fact("schema:shop", ""), fact("column:shop.o.x", "table:shop.o", {{"default", std::string(
        "f('public.shop isn''t public.shop'::text, E'\\' public.shop', public.shop, shop.o, 'public.shop'::regclass)")}})});
    CHECK(defaulted(facts, {{"table:public.shop", "table:public.orders"}}, "column:shop.o.x") ==
          "f('public.shop isn''t public.shop'::text, E'\\' public.shop', public.orders, shop.o, 'public.orders'::regclass)");
    CHECK(!core::repair::has_names("comment"));
    CHECK(!core::repair::has_names("labels"));
    CHECK(core::repair::has_names("definition"));
    const auto none = [](std::vector<std::string> &) { return false; };
    for (const auto *const text : {"'", "E'\\", "\"", "a.", "\"a\".\"b", ".", "''::reg", "E"}) CHECK(core::repair::with_names(text, none) == text);
}

TEST_CASE("an operator's name is left as it is")
{
    const auto facts = map_of({fact("schema:app", ""), fact("operator:app.\"=\"(app.t,app.t)", "schema:app", {{"default", std::string("app.=(app.t,app.t)")}})});
    CHECK(defaulted(facts, {{"schema:app", "schema:b"}}, "operator:b.\"=\"(b.t,b.t)") == "b.=(b.t,b.t)");
}

TEST_CASE("what is not there is not renamed, and nothing is renamed to itself")
{
    const auto facts = map_of({fact("table:app.t", "schema:app")});
    CHECK(rename_commands(facts, {{"table:app.u", "table:app.v"}, {"table:app.t", "table:app.t"}, {"table:", "table:app.x"}, {"cast:(a AS b)", "cast:(a AS c)"}}).empty());
}

TEST_CASE("the name of a NOT NULL stays when its table is renamed, from version 18 on")
{
    const auto before = map_of({fact("table:app.old", "schema:app"), fact("column:app.old.a", "table:app.old", {{"not_null", true}})});
    core::repair::Steps steps;
    const auto now = core::repair::renamed(dialect(18), before, {{"table:app.old", "table:app.t"}}, steps);
    CHECK(now.at("column:app.t.a").payload.at("not_null_name") == core::Value(std::string("old_a_not_null")));
    const auto back = core::repair::renamed(dialect(18), now, {{"table:app.t", "table:app.old"}}, steps);
    CHECK(!back.at("column:app.old.a").payload.contains("not_null_name"));
    CHECK(!core::repair::renamed(dialect(17), before, {{"table:app.old", "table:app.t"}}, steps).at("column:app.t.a").payload.contains("not_null_name"));
}
