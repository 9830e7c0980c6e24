// What is dropped and made again is not missing after a commit, and plans run as they stand.
#include <doctest/doctest.h>

#include "core/repair/free_name.hpp"
#include "core/repair/plan.hpp"
#include "core/repair/together.hpp"

#include "repair_facts.hpp"

using Plan = std::vector<core::repair::PlannedStep>;

namespace {

FactMap facts_of(std::initializer_list<Fact> facts)
{
    FactMap map{{schema.id, schema}, {table.id, table}};
    for (const auto &one : facts) map.insert_or_assign(one.id, one);
    return map;
}

Plan plan(const FactMap &from, const FactMap &to)
{
    const auto sql = dialect();
    return core::repair::plan({sql, from, to, true});
}

Fact first_column(const std::string &name, const std::string &type, core::Payload more = {})
{
    more.insert_or_assign("ordinal", std::int64_t{1});
    more.insert_or_assign("type", type);
    return fact("column:app.t." + core::quote_part(name), "table:app.t", std::move(more));
}

Fact index(const std::string &name, List keys, core::Payload more = {})
{
    more.insert_or_assign("method", std::string("btree"));
    more.insert_or_assign("keys", std::move(keys));
    return fact("index:app." + name, "table:app.t", std::move(more));
}

Fact constraint(const std::string &name, const std::string &type, const std::string &definition)
{
    return fact("constraint:app.t." + name, "table:app.t", {{"type", type}, {"definition", definition}});
}

Fact policy(const std::string &command, const std::string &reads = "(a = 1)")
{
    return fact("policy:app.t.iso", "table:app.t", {{"command", command}, {"restrictive", true}, {"using", reads}});
}

std::size_t place_of(const Plan &plan, const std::string &start)
{
    const auto found = std::find_if(plan.begin(), plan.end(), [&](const auto &one) { return one.step.command.starts_with(start); });
    REQUIRE_MESSAGE(found != plan.end(), start);
    return static_cast<std::size_t>(found - plan.begin());
}

int transaction_of(const Plan &plan, const std::string &start) { return plan[place_of(plan, start)].transaction; }

std::vector<std::string> commands(const Plan &plan)
{
    std::vector<std::string> out;
    for (const auto &one : plan) out.push_back(one.step.command);
    return out;
}

}  // namespace

TEST_CASE("a policy is not missing while an index is built")
{
    const auto made = plan(facts_of({first_column("a", "integer"), policy("select")}), facts_of({first_column("a", "integer"), policy("all"), index("i", {"a"})}));
    CHECK(transaction_of(made, "DROP POLICY") == transaction_of(made, "CREATE POLICY"));
    CHECK(place_of(made, "CREATE POLICY") < place_of(made, "CREATE INDEX CONCURRENTLY"));
}

TEST_CASE("a policy is not missing while NOT NULL is validated on a column whose type changes")
{
    const auto made = plan(facts_of({first_column("a", "integer"), policy("all")}), facts_of({first_column("a", "bigint", {{"not_null", true}, {"default", std::string("1")}}), policy("all")}));
    CHECK(transaction_of(made, "DROP POLICY") == transaction_of(made, "CREATE POLICY"));
    CHECK(transaction_of(made, "DROP POLICY") == transaction_of(made, "ALTER TABLE app.t ALTER COLUMN a TYPE bigint"));
    CHECK(transaction_of(made, "DROP POLICY") == transaction_of(made, "ALTER TABLE ONLY app.t ALTER COLUMN a SET DEFAULT 1"));
    CHECK(place_of(made, "CREATE POLICY") < place_of(made, "ALTER TABLE app.t VALIDATE"));
}

TEST_CASE("a label that a policy needs is added before")
{
    const auto mood = [](List labels) { return fact("enum:app.mood", "schema:app", {{"labels", std::move(labels)}}); };
    const auto made = plan(facts_of({first_column("a", "app.mood"), mood({"x"}), policy("all", "(a = 'x'::app.mood)"), index("i", {"a"})}),
                           facts_of({first_column("a", "app.mood"), mood({"x", "y"}), policy("select", "(a = 'y'::app.mood)")}));
    CHECK(place_of(made, "ALTER TYPE app.mood ADD VALUE") < place_of(made, "DROP POLICY"));
    CHECK(transaction_of(made, "DROP POLICY") == transaction_of(made, "CREATE POLICY"));
}

TEST_CASE("policies of a table change together with its row security")
{
    auto secured = table;
    secured.set("row_security", true);
    const auto made = plan(facts_of({first_column("a", "integer")}), facts_of({secured, first_column("a", "integer", {{"not_null", true}}), policy("all"), index("i", {"a"})}));
    CHECK(transaction_of(made, "ALTER TABLE app.t ENABLE ROW LEVEL SECURITY") == transaction_of(made, "CREATE POLICY"));
}

TEST_CASE("keys and indexes are built beside those whose place they take")
{
    const auto with = [](const std::string &name) { return facts_of({first_column("a", "integer"), first_column("b", "integer"), constraint("k", "unique", "UNIQUE (" + name + ')'), index("i", {name})}); };
    const auto made = plan(with("a"), with("b"));
    CHECK(made.size() == 6);
    CHECK(place_of(made, "CREATE UNIQUE INDEX CONCURRENTLY lcg_new_k ON app.t (b)") < place_of(made, "ALTER TABLE app.t DROP CONSTRAINT k"));
    CHECK(transaction_of(made, "ALTER TABLE app.t DROP CONSTRAINT k") == transaction_of(made, "ALTER TABLE app.t ADD CONSTRAINT k UNIQUE USING INDEX lcg_new_k"));
    CHECK(place_of(made, "CREATE INDEX CONCURRENTLY lcg_new_i ON app.t USING btree (b)") < place_of(made, "DROP INDEX app.i"));
    CHECK(transaction_of(made, "DROP INDEX app.i") == transaction_of(made, "ALTER INDEX app.lcg_new_i RENAME TO i"));
}

TEST_CASE("checks, triggers, rules and views are not missing while an index is built")
{
    const auto with = [](const std::string &word) {
        return facts_of({first_column("a", "integer"), constraint("c", "check", "CHECK ((a > " + word + "))"),
                       fact("trigger:app.t.tr", "table:app.t", {{"timing", std::string("after")}, {"level", std::string("row")}, {"events", List{"insert"}}, {"function", std::string("app.f")}, {"arguments", List{word}}}),
                       fact("view:app.v", "schema:app", {{"definition", " SELECT t.a AS x" + word + "\n   FROM app.t;"}}),
                       fact("column:app.v.x" + word, "view:app.v", {{"ordinal", std::int64_t{1}}, {"type", std::string("integer")}})});
    };
    auto to = with("2");
    to.emplace("index:app.i", index("i", {"a"}));
    const auto made = plan(with("1"), to);
    const auto first = transaction_of(made, "CREATE TRIGGER");
    for (const std::string start : {"DROP TRIGGER", "ALTER TABLE app.t DROP CONSTRAINT c", "ALTER TABLE app.t ADD CONSTRAINT c", "DROP VIEW", "CREATE VIEW"}) CHECK(transaction_of(made, start) == first);
}

TEST_CASE("tasks that end a transaction move behind a group, before it, or are told")
{
    std::vector<core::repair::Task> tasks(3);
    tasks[1].steps.emplace_back().setting = core::repair::Setting::outside;
    const std::vector<core::repair::Group> groups{{{0, 2}, false}};
    std::vector<std::size_t> order{0, 1, 2};
    CHECK(core::repair::keep_together(tasks, groups, order).empty());
    CHECK(order == std::vector<std::size_t>{0, 2, 1});
    order = {0, 1, 2};
    tasks[2].after = {1};
    CHECK(core::repair::keep_together(tasks, groups, order).empty());
    CHECK(order == std::vector<std::size_t>{1, 0, 2});
    order = {0, 1, 2};
    tasks[1].after = {0};
    CHECK(core::repair::keep_together(tasks, groups, order).size() == 1);
    CHECK(order == std::vector<std::size_t>{0, 1, 2});
}

TEST_CASE("what cannot be together says so, but for policies: there others wait")
{
    // The type of the column changes, which the index is on, which the trigger's table needs for a foreign key.
    const auto view = [](const std::string &type) { return fact("view:app.v", "schema:app", {{"definition", " SELECT t.a, t.b FROM app.t GROUP BY t.a -- " + type}}); };
    const auto from = facts_of({first_column("a", "integer"), first_column("b", "integer"), view("x")});
    const auto to = facts_of({first_column("a", "bigint"), first_column("b", "integer"), view("x"), constraint("k", "primary key", "PRIMARY KEY (a)")});
    const auto told = plan(from, to);
    CHECK(told[place_of(told, "DROP VIEW")].step.detail.find("missing until then") != std::string::npos);
    auto from_policy = from;
    auto to_policy = to;
    from_policy.erase("view:app.v");
    to_policy.erase("view:app.v");
    from_policy.emplace("policy:app.t.iso", policy("all", "(EXISTS ( SELECT 1 FROM app.t x GROUP BY x.a ON CONFLICT))"));
    to_policy.emplace("policy:app.t.iso", policy("all", "(EXISTS ( SELECT 1 FROM app.t x GROUP BY x.a ON CONFLICT))"));
    const auto closed = plan(from_policy, to_policy);
    CHECK(transaction_of(closed, "DROP POLICY") == transaction_of(closed, "CREATE POLICY"));
}

TEST_CASE("constraints of a domain that another takes the place of are made once")
{
    const auto with = [](const std::string &type, const std::string &limit) {
        return facts_of({first_column("a", "app.pos"), fact("domain:app.pos", "schema:app", {{"type", type}}),
                       fact("constraint:app.pos.pos_check", "domain:app.pos", {{"type", std::string("check")}, {"definition", "CHECK ((VALUE > " + limit + "))"}})});
    };
    const auto list = commands(plan(with("bigint", "1"), with("integer", "0")));
    CHECK(std::count(list.begin(), list.end(), "ALTER DOMAIN app.pos ADD CONSTRAINT pos_check CHECK ((VALUE > 0))") == 1);
    CHECK(std::none_of(list.begin(), list.end(), [](const std::string &command) { return command.find("DROP CONSTRAINT") != std::string::npos; }));
}

TEST_CASE("partitions leave a table that is made anew, with their rows")
{
    const auto with = [](const std::string &key) {
        auto whole = table;
        whole.set("partition_key", "RANGE (" + key + ')');
        return facts_of({whole, first_column("a", "integer"), first_column("b", "integer"),
                       fact("table:app.p1", "schema:app", {{"partition_of", std::string("app.t")}, {"partition_bound", std::string("FOR VALUES FROM (1) TO (2)")}})});
    };
    const auto made = plan(with("a"), with("b"));
    CHECK(commands(made) == std::vector<std::string>{"ALTER TABLE app.t DETACH PARTITION app.p1", "DROP TABLE app.t", "CREATE TABLE app.t (\n    a integer,\n    b integer\n) PARTITION BY RANGE (b)",
                                                    "ALTER TABLE app.t ATTACH PARTITION app.p1 FOR VALUES FROM (1) TO (2)"});
    CHECK(made[1].step.effect == core::repair::Effect::weakens);
    const auto lost = plan(facts_of({first_column("a", "integer"), first_column("b", "integer")}), with("a"));
    CHECK(lost[place_of(lost, "DROP TABLE")].step.effect == core::repair::Effect::loses_data);
    CHECK(!lost[place_of(lost, "DROP TABLE")].step.detail.empty());
}

TEST_CASE("columns of publications are quoted")
{
    const auto with = [](const std::string &text) { return facts_of({first_column("select", "integer"), fact("publication:p", "", {{"tables", List{text}}})}); };
    CHECK(commands(plan(with("app.t (a)"), with("app.t (\"x, (y\", select) WHERE (select > 1)"))) ==
          std::vector<std::string>{"ALTER PUBLICATION p SET TABLE app.t (\"x, (y\", \"select\") WHERE (select > 1)"});
    CHECK(dialect().name_and_columns("app.select") == "app.\"select\"");
}

TEST_CASE("columns of partition keys are quoted")
{
    CHECK(dialect().keys("RANGE (select, \"x, (y\" COLLATE select.c, (select + ('(, select')::text), select)") ==
          "RANGE (\"select\", \"x, (y\" COLLATE \"select\".c, (select + ('(, select')::text), \"select\")");
    CHECK(dialect().key("select COLLATE select.c DESC") == "\"select\" COLLATE \"select\".c DESC");
    CHECK(dialect().key("((select + 1)) select.ops (a='select') NULLS FIRST") == "((select + 1)) \"select\".ops (a='select') NULLS FIRST");
}

TEST_CASE("names that are made up end between characters, and are nobody's")
{
    std::string name = "a";
    for (int i = 0; i < 30; ++i) name += "\xc3\xa9";
    const auto sql = dialect();
    const auto facts = facts_of({first_column(name, "integer"), constraint("lcg_a_not_null", "check", "CHECK (true)"), fact("view:app.a_lcg_old", "schema:app")});
    const core::repair::Scene scene{sql, facts, facts, true};
    const auto made = core::repair::free_constraint_name(scene, "table:app.t", "lcg_", name, "_not_null");
    CHECK(made.size() <= 63);
    CHECK(made.starts_with("lcg_a\xc3\xa9"));
    const auto cut = made.find_first_of('_', 5);
    CHECK((cut - 5) % 2 == 0);
    CHECK(made != core::repair::free_constraint_name(scene, "table:app.t", "lcg_", name + "b", "_not_null"));
    CHECK(core::repair::free_constraint_name(scene, "table:app.t", "lcg_", "a", "_not_null") == "lcg_a_1_not_null");
    CHECK(core::repair::free_relation_name(scene, "app", "", "a", "_lcg_old") == "a_1_lcg_old");
    CHECK(core::repair::free_relation_name(scene, "app", "", "b", "_lcg_old") == "b_lcg_old");
}
