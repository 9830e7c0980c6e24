#include <algorithm>
#include <set>

#include <doctest/doctest.h>

#include "core/repair/dialect.hpp"
#include "core/repair/mentions.hpp"
#include "core/repair/order.hpp"
#include "core/repair/plan.hpp"

#include "repair_facts.hpp"

TEST_CASE("names are taken apart and put together")
{
    const auto name = core::repair::name_of("function:app.\"a.b\"\"c\"(integer,app.t)");
    CHECK(name.kind == "function");
    CHECK(name.parts == std::vector<std::string>{"app", "a.b\"c"});
    CHECK(name.arguments == "integer,app.t");
    CHECK(core::repair::name_of("cast:(app.pair AS text)").arguments == "app.pair AS text");
    CHECK(dialect().name(std::string_view("app.order DESC")) == "app.\"order\" DESC");
    CHECK(core::repair::literal("it's") == "'it''s'");
    CHECK(core::repair::literal("a\\b'") == "E'a\\\\b'''");
}

TEST_CASE("dollar quotes do not end inside the body")
{
    for (const std::string body : {"SELECT 1", "SELECT $$x$$", "x$", "$body$", "a $body$ $body1$ b$", ""}) {
        const auto quoted = core::repair::dollar_quoted(body);
        const auto tag = quoted.substr(0, quoted.find('$', 1) + 1);
        CHECK(quoted.ends_with(tag));
        CHECK(quoted.find(tag, tag.size()) == quoted.size() - tag.size());
    }
}

TEST_CASE("equal schemas need no commands")
{
    const auto facts = map_of({schema, table, column("a", 1, "integer")});
    CHECK(commands(facts, facts).empty());
}

TEST_CASE("a table comes with its columns, and what is made from it comes after")
{
    const auto to = map_of({schema, table, column("a", 1, "integer", {{"not_null", true}, {"default", std::string("nextval('app.s'::regclass)")}}), column("user", 2, "text"),
                            fact("sequence:app.s", "schema:app", {{"owner", std::string("dba")}, {"increment", std::int64_t{1}}, {"owned_by", std::string("app.t.a")}}),
                            fact("view:app.a_view", "schema:app", {{"owner", std::string("dba")}, {"definition", std::string(" SELECT t.a\n   FROM app.t;")}}),
                            fact("index:app.i", "table:app.t", {{"method", std::string("btree")}, {"keys", List{"user DESC"}}})});
    const auto list = commands(map_of({schema}), to);
    CHECK(place_of(list, "CREATE SEQUENCE app.s") < place_of(list, "CREATE TABLE app.t"));
    CHECK(place_of(list, "CREATE TABLE app.t") < place_of(list, "CREATE VIEW app.a_view"));
    CHECK(place_of(list, "CREATE TABLE app.t") < place_of(list, "ALTER SEQUENCE app.s OWNED BY app.t.a"));
    CHECK(list[place_of(list, "CREATE INDEX")] == "CREATE INDEX i ON app.t USING btree (\"user\" DESC)");
    CHECK(list[place_of(list, "CREATE TABLE")] == "CREATE TABLE app.t (\n    a integer DEFAULT nextval('app.s'::regclass) NOT NULL,\n    \"user\" text\n)");
}

TEST_CASE("a view gives way to a change of the column it reads, and comes again with its privileges")
{
    const auto view = fact("view:app.v", "schema:app", {{"owner", std::string("boss")}, {"definition", std::string(" SELECT t.a\n   FROM app.t;")}, {"acl", List{"boss=SELECT", "reader=SELECT"}}});
    const auto other = fact("view:app.w", "schema:app", {{"owner", std::string("dba")}, {"definition", std::string(" SELECT t.b\n   FROM app.t;")}});
    const auto from = map_of({schema, table, view, other, column("a", 1, "integer"), column("b", 2, "integer")});
    const auto to = map_of({schema, table, view, other, column("a", 1, "bigint"), column("b", 2, "integer")});
    const auto list = commands(from, to);
    CHECK(place_of(list, "DROP VIEW app.v") < place_of(list, "ALTER TABLE app.t ALTER COLUMN a TYPE bigint"));
    CHECK(place_of(list, "ALTER TABLE app.t ALTER COLUMN a TYPE bigint") < place_of(list, "CREATE VIEW app.v"));
    CHECK(place_of(list, "CREATE VIEW app.v") < place_of(list, "ALTER VIEW app.v OWNER TO boss"));
    CHECK(place_of(list, "ALTER VIEW app.v OWNER TO boss") < place_of(list, "GRANT SELECT ON TABLE app.v TO reader"));
    CHECK(std::none_of(list.begin(), list.end(), [](const std::string &command) { return command.find("app.w") != std::string::npos; }));
}

TEST_CASE("privileges are given and taken one by one")
{
    auto before = table;
    before.set("acl", List{"dba=SELECT", "reader=SELECT*", "writer=INSERT"});
    auto after = table;
    after.set("acl", List{"PUBLIC=SELECT", "dba=SELECT", "reader=SELECT", "writer=INSERT"});
    CHECK(commands(map_of({schema, before}), map_of({schema, after})) ==
          std::vector<std::string>{"REVOKE GRANT OPTION FOR SELECT ON TABLE app.t FROM reader CASCADE", "GRANT SELECT ON TABLE app.t TO PUBLIC", "GRANT SELECT ON TABLE app.t TO dba",
                                   "GRANT SELECT ON TABLE app.t TO reader", "GRANT INSERT ON TABLE app.t TO writer"});
}

TEST_CASE("the new owner has what the old one had")
{
    auto after = table;
    after.set("owner", std::string("boss"));
    CHECK(commands(map_of({schema, table}), map_of({schema, after})) == std::vector<std::string>{"ALTER TABLE app.t OWNER TO boss"});
}

TEST_CASE("labels of an enum are added, renamed, or the type takes the place of another")
{
    const auto of = [](List labels) { return map_of({schema, table, column("m", 1, "app.mood"), fact("enum:app.mood", "schema:app", {{"owner", std::string("dba")}, {"labels", std::move(labels)}})}); };
    CHECK(commands(of({"a", "c"}), of({"a", "b", "c"})) == std::vector<std::string>{"ALTER TYPE app.mood ADD VALUE 'b' AFTER 'a'"});
    CHECK(commands(of({"b"}), of({"a", "b"})) == std::vector<std::string>{"ALTER TYPE app.mood ADD VALUE 'a' BEFORE 'b'"});
    const auto list = commands(of({"a", "b"}), of({"b", "a"}));
    CHECK(place_of(list, "ALTER TYPE app.mood RENAME TO mood_lcg_old") < place_of(list, "CREATE TYPE app.mood AS ENUM ('b', 'a')"));
    CHECK(place_of(list, "ALTER TABLE app.t ALTER COLUMN m TYPE app.mood USING m::text::app.mood") < place_of(list, "DROP TYPE app.mood_lcg_old"));
}

TEST_CASE("what loses rows says so")
{
    const auto sql = dialect();
    const auto from = map_of({schema, table, column("a", 1, "integer")});
    const auto to = map_of({schema});
    const auto plan = core::repair::plan({sql, from, to, true});
    REQUIRE(plan.size() == 1);
    CHECK(plan[0].step.command == "DROP TABLE app.t");
    CHECK(plan[0].step.effect == core::repair::Effect::loses_data);
    CHECK(plan[0].step.rule == "D01");
}

TEST_CASE("gentle forms stand in transactions of their own")
{
    const auto sql = dialect();
    const auto from = map_of({schema, table, column("a", 1, "integer")});
    const auto to = map_of({schema, table, column("a", 1, "integer", {{"not_null", true}}), fact("index:app.i", "table:app.t", {{"method", std::string("btree")}, {"keys", List{"a"}}})});
    const auto plan = core::repair::plan({sql, from, to, true});
    std::set<int> transactions;
    for (const auto &one : plan) transactions.insert(one.transaction);
    CHECK(plan.size() == 5);
    CHECK(transactions.size() == 4);
    CHECK(plan.back().step.command == "CREATE INDEX CONCURRENTLY i ON app.t USING btree (a)");
    CHECK(plan.back().step.setting == core::repair::Setting::outside);
}

TEST_CASE("columns that cannot stand where they should are named")
{
    const auto from = map_of({schema, table, column("b", 1, "integer")});
    const auto to = map_of({schema, table, column("a", 1, "integer"), column("b", 2, "integer")});
    const auto list = commands(from, to);
    REQUIRE(list.size() == 2);
    CHECK(list[0] == "ALTER TABLE app.t ADD COLUMN a integer");
    CHECK(list[1].starts_with("-- Columns of TABLE app.t will stand in another order"));
}

TEST_CASE("renamed objects keep what they have")
{
    const auto sql = dialect();
    const auto from = map_of({schema, fact("table:app.old", "schema:app", {{"owner", std::string("dba")}}), fact("column:app.old.a", "table:app.old", {{"ordinal", std::int64_t{1}}, {"type", std::string("integer")}}),
                              fact("view:app.v", "schema:app", {{"owner", std::string("dba")}, {"definition", std::string(" SELECT count(*) AS count\n   FROM app.old;")}})});
    const auto to = map_of({schema, table, column("b", 1, "integer"), fact("view:app.v", "schema:app", {{"owner", std::string("dba")}, {"definition", std::string(" SELECT count(*) AS count\n   FROM app.t;")}})});
    const auto plan = core::repair::plan({sql, from, to, true}, {{"table:app.old", "table:app.t"}, {"column:app.old.a", "column:app.t.b"}});
    REQUIRE(plan.size() == 2);
    CHECK(plan[0].step.command == "ALTER TABLE app.old RENAME COLUMN a TO b");
    CHECK(plan[1].step.command == "ALTER TABLE app.old RENAME TO t");
}

TEST_CASE("a circle of needs is broken where it does least")
{
    std::vector<core::repair::Task> tasks(3);
    tasks[0] = {{}, {2}, "c", {1}};
    tasks[1] = {{}, {1}, "b", {2}};
    tasks[2] = {{}, {0}, "a", {0}};
    CHECK(core::repair::in_order(tasks) == std::vector<std::size_t>{2, 1, 0});
    CHECK(core::repair::in_order({}).empty());
}

TEST_CASE("texts name what they are made from, bodies do not")
{
    const auto facts = map_of({fact("function:app.f(integer)", "schema:app", {{"body", std::string("SELECT * FROM app.t")}}), table, schema,
                               fact("operator:app.\"<<\"(integer,integer)", "schema:app"), fact("constraint:app.t.c", "table:app.t", {{"definition", std::string("CHECK ((a OPERATOR(app.<<) app.f(2)))")}})});
    const core::repair::Mentions mentions(facts);
    std::set<std::string> named;
    for (const auto *const other : mentions.of(facts.at("constraint:app.t.c"))) named.insert(other->id);
    CHECK(named == std::set<std::string>{"table:app.t", "function:app.f(integer)", "operator:app.\"<<\"(integer,integer)"});
    CHECK(mentions.by(facts.at("table:app.t")).size() == 1);
}

TEST_CASE("names that nobody would write crash nothing")
{
    for (const std::string kind : {"operator", "operator_class", "operator_family", "user_mapping", "default_privileges", "function", "aggregate", "enum", "range", "cast", "transform", "event_trigger",
                                    "role_settings", "large_object", "system_object", "index", "statistics", "server", "view", "matview", "sequence", "domain", "table", "foreign_table"}) {
        for (const std::string name : {"", "(x)", "a", "\"", "a.", ".", "a.b.c.d"}) {
            const auto odd = map_of({fact(kind + ':' + name, "")});
            CHECK_NOTHROW(commands({}, odd));
            CHECK_NOTHROW(commands(odd, {}));
        }
    }
    for (const std::string kind : {"column", "constraint", "trigger", "rule", "policy", "attribute", "index"}) {
        const auto odd = map_of({fact(kind + ":(x).c", "table:(x)"), fact("table:(x)", "")});
        CHECK_NOTHROW(commands({}, odd));
        CHECK_NOTHROW(commands(odd, {}));
    }
    const auto sql = dialect();
    core::repair::Steps steps;
    const auto cast = map_of({fact("cast:(app.a AS text)", "")});
    CHECK(core::repair::renamed(sql, cast, {{"cast:(app.a AS text)", "cast:(app.b AS text)"}}, steps).size() == 1);
    CHECK(steps.empty());
}

TEST_CASE("a column that comes from a parent is given what it has for itself, after it came")
{
    const auto heir = fact("table:app.a_heir", "schema:app", {{"owner", std::string("dba")}, {"inherits", List{"app.t"}}});
    const auto own = [](core::Payload more) {
        more.insert_or_assign("ordinal", std::int64_t{1});
        more.insert_or_assign("type", std::string("integer"));
        more.insert_or_assign("inherited", true);
        return fact("column:app.a_heir.n", "table:app.a_heir", std::move(more));
    };
    const auto from = map_of({schema, table, heir});
    CHECK(commands(from, map_of({schema, table, heir, column("n", 1, "integer", {{"default", std::string("5")}}), own({{"default", std::string("7")}})})) ==
          std::vector<std::string>{"ALTER TABLE app.t ADD COLUMN n integer DEFAULT 5", "ALTER TABLE ONLY app.a_heir ALTER COLUMN n SET DEFAULT 7"});
    CHECK(commands(from, map_of({schema, table, heir, column("n", 1, "integer", {{"default", std::string("5")}}), own({})})) ==
          std::vector<std::string>{"ALTER TABLE app.t ADD COLUMN n integer DEFAULT 5", "ALTER TABLE ONLY app.a_heir ALTER COLUMN n DROP DEFAULT"});
    CHECK(commands(from, map_of({schema, table, heir, column("n", 1, "integer"), own({})})) == std::vector<std::string>{"ALTER TABLE app.t ADD COLUMN n integer"});
}

TEST_CASE("a column's sequence goes to the new owner with its table")
{
    const auto sequence = [](const std::string &owner) { return fact("sequence:app.s", "schema:app", {{"owner", owner}, {"owned_by", std::string("app.t.a")}}); };
    auto taken = table;
    taken.set("owner", std::string("boss"));
    const auto id = column("a", 1, "integer");
    CHECK(commands(map_of({schema, table, id, sequence("dba")}), map_of({schema, taken, id, sequence("boss")})) == std::vector<std::string>{"ALTER TABLE app.t OWNER TO boss"});
}

TEST_CASE("what has the name on another table is dropped there and made here")
{
    const Fact other = fact("table:app.other", "schema:app", {{"owner", std::string("dba")}});
    const core::Payload statistics = {{"owner", std::string("dba")}, {"kinds", List{"dependencies"}}, {"keys", List{"a", "b"}}};
    const core::Payload index = {{"method", std::string("btree")}, {"keys", List{"a"}}};
    const auto on = [&](const std::string &parent) {
        return map_of({schema, table, other, fact("statistics:app.st", parent, statistics), fact("index:app.i", parent, index)});
    };
    const auto list = commands(on("table:app.other"), on("table:app.t"));
    CHECK(place_of(list, "DROP STATISTICS app.st") < place_of(list, "CREATE STATISTICS app.st (dependencies) ON a, b FROM app.t"));
    CHECK(place_of(list, "DROP INDEX app.i") < place_of(list, "CREATE INDEX i ON app.t"));
    CHECK(list.size() == 4);
    CHECK(commands(on("table:app.t"), on("table:app.t")).empty());
}

TEST_CASE("a view that is replaced brings its new columns")
{
    const auto view = [](const std::string &query) { return fact("view:app.v", "schema:app", {{"owner", std::string("dba")}, {"definition", query}}); };
    const auto of_view = [](const std::string &name, std::int64_t place, core::Payload more = {}) {
        more.insert_or_assign("ordinal", place);
        more.insert_or_assign("type", std::string("text"));
        return fact("column:app.v." + name, "view:app.v", std::move(more));
    };
    const auto from = map_of({schema, view(" SELECT a;"), of_view("a", 1)});
    const auto to = map_of({schema, view(" SELECT a, b;"), of_view("a", 1), of_view("b", 2, {{"default", std::string("'x'::text")}, {"comment", std::string("new")}})});
    const auto list = commands(from, to);
    CHECK(list.size() == 3);
    CHECK(place_of(list, "CREATE OR REPLACE VIEW app.v") < place_of(list, "ALTER VIEW app.v ALTER COLUMN b SET DEFAULT 'x'::text"));
    CHECK(place_of(list, "CREATE OR REPLACE VIEW") < place_of(list, "COMMENT ON COLUMN app.v.b IS 'new'"));
}

TEST_CASE("a NOT NULL is renamed from the name that the server chose for it")
{
    auto sql = dialect(18);
    sql.present_not_null_name = [](const std::string &, const std::string &relation, const std::string &name) { return relation + '_' + name + "_not_null1"; };
    const auto have = map_of({schema, table, column("a", 1, "integer", {{"not_null", true}})});
    const auto want = map_of({schema, table, column("a", 1, "integer", {{"not_null", true}, {"not_null_name", std::string("filled")}})});
    const auto plan = core::repair::plan({sql, have, want, false});
    REQUIRE(plan.size() == 1);
    CHECK(plan.front().step.command == "ALTER TABLE app.t RENAME CONSTRAINT t_a_not_null1 TO filled");
    CHECK(commands(have, want, false, 18) == std::vector<std::string>{"ALTER TABLE app.t RENAME CONSTRAINT t_a_not_null TO filled"});
}
