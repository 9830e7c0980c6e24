// Partitions and the states of their triggers; limits of sequences.
#include "repair_facts.hpp"

namespace {

Fact partition(const std::string &name, const std::string &bound, core::Payload more = {})
{
    more.insert_or_assign("owner", std::string("dba"));
    if (!bound.empty()) {
        more.insert_or_assign("partition_of", std::string("app.p"));
        more.insert_or_assign("partition_bound", "FOR VALUES IN (" + bound + ')');
    }
    return fact("table:app." + name, "schema:app", std::move(more));
}

const Fact parent = fact("table:app.p", "schema:app", {{"owner", std::string("dba")}, {"partition_key", std::string("LIST (a)")}});

Fact trigger(const std::string &timing = "before")
{
    return fact("trigger:app.p.g", "table:app.p", {{"timing", timing}, {"level", std::string("row")}, {"events", List{"insert"}}, {"function", std::string("app.f")}});
}

bool has_start(const std::vector<std::string> &list, const std::string &start)
{
    return std::any_of(list.begin(), list.end(), [&](const std::string &command) { return command.starts_with(start); });
}

}  // namespace

TEST_CASE("a partition leaves before another takes its bounds")
{
    const auto list = commands(map_of({schema, parent, partition("p1", "1"), partition("p2", "2"), partition("p3", "3")}), map_of({schema, parent, partition("p1", "2"), partition("p2", "1"), partition("a4", "3")}));
    const auto detached = std::max(place_of(list, "ALTER TABLE app.p DETACH PARTITION app.p1"), place_of(list, "ALTER TABLE app.p DETACH PARTITION app.p2"));
    CHECK(detached < std::min(place_of(list, "ALTER TABLE app.p ATTACH PARTITION app.p1"), place_of(list, "ALTER TABLE app.p ATTACH PARTITION app.p2")));
    CHECK(place_of(list, "ALTER TABLE app.p DETACH PARTITION app.p3") < place_of(list, "CREATE TABLE app.a4 PARTITION OF"));
    CHECK(place_of(list, "ALTER TABLE app.p DETACH PARTITION app.p3") < place_of(list, "DROP TABLE app.p3"));
    // A table that is there already takes the place.
    const auto plain = commands(map_of({schema, parent, partition("p1", "1"), partition("a2", "")}), map_of({schema, parent, partition("a2", "1")}));
    CHECK(place_of(plain, "ALTER TABLE app.p DETACH PARTITION app.p1") < place_of(plain, "ALTER TABLE app.p ATTACH PARTITION app.a2"));
    // Where nothing comes it is only dropped.
    CHECK(commands(map_of({schema, parent, partition("p1", "1")}), map_of({schema, parent})) == std::vector<std::string>{"DROP TABLE app.p1"});
}

TEST_CASE("the state of a partition's trigger goes with the parent's, and comes again with it")
{
    const auto disabled = [](const std::string &bound) { return partition("p1", bound, {{"inherited_triggers", List{"g disabled"}}}); };
    const auto from = map_of({schema, parent, trigger(), disabled("1")});
    CHECK_FALSE(has_start(commands(from, map_of({schema, parent, partition("p1", "1")})), "ALTER TABLE app.p1 ENABLE"));
    CHECK_FALSE(has_start(commands(from, map_of({schema, parent, trigger(), partition("p1", "")})), "ALTER TABLE app.p1 ENABLE"));
    CHECK(has_start(commands(from, map_of({schema, parent, trigger(), partition("p1", "1")})), "ALTER TABLE app.p1 ENABLE TRIGGER g"));
    const auto anew = commands(from, map_of({schema, parent, trigger("after"), disabled("1")}));
    CHECK(place_of(anew, "CREATE TRIGGER g AFTER") < place_of(anew, "ALTER TABLE app.p1 DISABLE TRIGGER g"));
    const auto moved = commands(from, map_of({schema, parent, trigger(), disabled("2")}));
    CHECK(place_of(moved, "ALTER TABLE app.p ATTACH") < place_of(moved, "ALTER TABLE app.p1 DISABLE TRIGGER g"));
}

TEST_CASE("a table that becomes partitioned gets its key without the gentle forms")
{
    const auto of = [](core::Payload more) {
        more.insert_or_assign("owner", std::string("dba"));
        return map_of({schema, fact("table:app.t", "schema:app", std::move(more)), column("a", 1, "integer", {{"not_null", true}}),
                       fact("constraint:app.t.t_pkey", "table:app.t", {{"type", std::string("primary key")}, {"definition", std::string("PRIMARY KEY (a)")}}),
                       fact("index:app.i", "table:app.t", {{"method", std::string("btree")}, {"keys", List{"a"}}})});
    };
    for (const auto &list : {commands(of({}), of({{"partition_key", std::string("LIST (a)")}}), true), commands(of({{"partition_key", std::string("LIST (a)")}}), of({}), true)}) {
        CHECK(std::none_of(list.begin(), list.end(), [](const std::string &command) { return command.find("CONCURRENTLY") != std::string::npos; }));
        CHECK(has_start(list, "ALTER TABLE app.t ADD CONSTRAINT t_pkey PRIMARY KEY (a)"));
    }
}

TEST_CASE("a sequence starts anew where its last value is outside of new limits")
{
    const auto of = [](std::int64_t max) {
        return map_of({schema, fact("sequence:app.s", "schema:app", {{"owner", std::string("dba")}, {"type", std::string("bigint")}, {"start", std::int64_t{1}}, {"min", std::int64_t{1}}, {"max", max}})});
    };
    constexpr std::int64_t high = 1000;
    constexpr std::int64_t low = 100;
    const auto sql = dialect();
    const auto step = [&](std::int64_t from, std::int64_t to, std::map<std::string, std::int64_t, std::less<>> last) {
        const auto before = of(from);
        const auto after = of(to);
        const auto plan = core::repair::plan({sql, before, after, true, {}, std::move(last)});
        REQUIRE(plan.size() == 1);
        return plan[0].step;
    };
    CHECK(step(high, low, {{"sequence:app.s", low + 1}}).command == "ALTER SEQUENCE app.s MAXVALUE 100 RESTART WITH 1");
    CHECK(step(high, low, {{"sequence:app.s", low + 1}}).effect == core::repair::Effect::loses_data);
    CHECK(step(high, low, {{"sequence:app.s", low}}).command == "ALTER SEQUENCE app.s MAXVALUE 100");
    CHECK(step(high, low, {{"sequence:app.s", low}}).detail.empty());
    CHECK(step(high, low, {}).detail.find("RESTART") != std::string::npos);
    CHECK(step(low, high, {}).detail.empty());
    // Nothing is given twice where it only jumps ahead.
    auto before = of(high);
    auto after = of(high);
    for (const std::string_view limit : {"min", "start"}) after.at("sequence:app.s").set(limit, low);
    const auto jump = core::repair::plan({sql, before, after, true, {}, {{"sequence:app.s", 1}}});
    REQUIRE(jump.size() == 1);
    CHECK(jump[0].step.command == "ALTER SEQUENCE app.s MINVALUE 100 START WITH 100 RESTART WITH 100");
    CHECK(jump[0].step.effect == core::repair::Effect::none);
}

TEST_CASE("what goes with a table goes before what it is made from, and has no command of its own")
{
    const auto in = [](const std::string &id, core::Payload more = {}) {
        more.insert_or_assign("owner", std::string("dba"));
        return fact(id, "schema:order", std::move(more));
    };
    const auto from = map_of({fact("schema:order", "", {{"owner", std::string("dba")}}), in("table:order.t"), fact("column:order.t.i", "table:order.t", {{"type", std::string("integer")}, {"ordinal", std::int64_t{1}}}),
                              in("sequence:order.s", {{"owned_by", std::string("order.t.i")}}), in("function:order.a()"), in("function:order.b(\"order\".t)"),
                              fact("trigger:order.t.g", "table:order.t", {{"function", std::string("order.a")}})});
    CHECK(commands(from, {}) == std::vector<std::string>{"DROP FUNCTION \"order\".b(\"order\".t)", "DROP TABLE \"order\".t", "DROP FUNCTION \"order\".a()", "DROP SCHEMA \"order\""});
}

TEST_CASE("foreign keys of tables that refer to each other go before the tables")
{
    const auto of = [](const std::string &name) { return fact("table:app." + name, "schema:app", {{"owner", std::string("dba")}}); };
    const auto key = [](const std::string &name, const std::string &other) {
        return fact("constraint:app." + name + ".fk", "table:app." + name, {{"type", std::string("foreign key")}, {"definition", "FOREIGN KEY (a) REFERENCES app." + other + "(a)"}});
    };
    CHECK(commands(map_of({schema, of("a"), of("b"), key("a", "b"), key("b", "a")}), map_of({schema})) ==
          std::vector<std::string>{"ALTER TABLE app.a DROP CONSTRAINT fk", "ALTER TABLE app.b DROP CONSTRAINT fk", "DROP TABLE app.a", "DROP TABLE app.b"});
    // Where only one refers to the other, it goes first.
    CHECK(commands(map_of({schema, of("a"), of("b"), key("b", "a")}), map_of({schema})) == std::vector<std::string>{"DROP TABLE app.b", "DROP TABLE app.a"});
}

TEST_CASE("partitions with their rows elsewhere leave and come like others")
{
    const auto foreign = [](const std::string &bound) {
        auto made = partition("f", bound, {{"server", std::string("far")}});
        made.kind = "foreign_table";
        made.id = "foreign_table:app.f";
        return made;
    };
    CHECK(has_start(commands(map_of({schema, parent, foreign("1")}), map_of({schema, parent, foreign("")})), "ALTER TABLE app.p DETACH PARTITION app.f"));
    const auto moved = commands(map_of({schema, parent, foreign("1")}), map_of({schema, parent, foreign("2")}));
    CHECK(place_of(moved, "ALTER TABLE app.p DETACH PARTITION app.f") < place_of(moved, "ALTER TABLE app.p ATTACH PARTITION app.f"));
    const auto replaced = commands(map_of({schema, parent, foreign("1")}), map_of({schema, parent, partition("p1", "1")}));
    CHECK(place_of(replaced, "ALTER TABLE app.p DETACH PARTITION app.f") < place_of(replaced, "CREATE TABLE app.p1 PARTITION OF"));
}
