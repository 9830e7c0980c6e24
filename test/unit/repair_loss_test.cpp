// What the planner says of steps after which data is another, or gone.
#include "core/repair/undone.hpp"

#include "repair_facts.hpp"

using core::repair::Effect;

namespace {

// The step that changes the type of a column "a".
core::repair::Step type_step(const std::string &from, const std::string &to, const std::vector<Fact> &before = {}, const std::vector<Fact> &after = {})
{
    auto have = map_of({schema, table, column("a", 1, from)});
    auto want = map_of({schema, table, column("a", 1, to)});
    for (const auto &one : before) have.emplace(one.id, one);
    for (const auto &one : after) want.emplace(one.id, one);
    const auto sql = dialect();
    for (const auto &one : core::repair::plan({sql, have, want, false})) {
        if (one.step.command.find(" ALTER COLUMN a TYPE ") != std::string::npos) return one.step;
    }
    FAIL("no step changes the type");
    return {};
}

std::vector<core::repair::Step> steps(const FactMap &from, const FactMap &to, std::set<std::string> relabelled = {})
{
    const auto sql = dialect();
    std::vector<core::repair::Step> out;
    for (const auto &one : core::repair::plan({sql, from, to, false, std::move(relabelled)})) out.push_back(one.step);
    return out;
}

}  // namespace

TEST_CASE("a type change loses data unless it is known to keep every value")
{
    struct Case {
        std::string from;
        std::string to;
        Effect effect;
        std::string rule;
        std::string use;
    };
    const Case cases[] = {
        {"numeric(10,4)", "integer", Effect::loses_data, "D22", ""},
        {"double precision", "integer", Effect::loses_data, "D22", ""},
        {"double precision", "real", Effect::loses_data, "D22", ""},
        {"bigint", "double precision", Effect::loses_data, "D22", ""},
        {"numeric(10,4)", "numeric(10,2)", Effect::loses_data, "D22", ""},
        {"numeric", "numeric(6,0)", Effect::loses_data, "D22", ""},
        {"character varying(20)", "character(3)", Effect::loses_data, "D22", ""},
        {"text", "character(3)", Effect::loses_data, "D22", ""},
        {"json", "jsonb", Effect::loses_data, "D22", ""},
        {"inet", "cidr", Effect::loses_data, "D22", ""},
        {"text", "\"char\"", Effect::loses_data, "D22", ""},
        {"text", "name", Effect::loses_data, "D22", ""},
        {"timestamp with time zone", "time without time zone", Effect::loses_data, "D22", ""},
        {"timestamp with time zone", "timestamp without time zone", Effect::loses_data, "D22", ""},
        {"timestamp(6) without time zone", "timestamp(3) without time zone", Effect::loses_data, "D22", ""},
        {"interval", "interval year to month", Effect::loses_data, "D22", " USING a::interval year to month"},
        {"text", "integer", Effect::loses_data, "D22", " USING a::integer"},
        {"jsonb", "numeric(6,0)", Effect::loses_data, "D22", " USING a::numeric"},
        {"text", "integer[]", Effect::loses_data, "D22", " USING a::text::integer[]"},
        {"app.geo(Point,4326)", "app.geo(Line,4326)", Effect::loses_data, "D22", ""},
        {"numeric(10,4)[]", "integer[]", Effect::loses_data, "D22", ""},
        {"text", "character varying(3)", Effect::rewrites, "D22", ""},
        {"text[]", "character varying(2)[]", Effect::rewrites, "D22", ""},
        {"character varying(9)", "character varying(3)", Effect::rewrites, "D22", ""},
        {"bit varying", "bit(2)", Effect::rewrites, "R01", ""},
        {"bigint", "integer", Effect::rewrites, "D22", ""},
        {"numeric(6,0)", "integer", Effect::rewrites, "D22", ""},
        {"numeric(10,2)", "numeric(6,2)", Effect::rewrites, "D22", ""},
        {"date", "timestamp without time zone", Effect::rewrites, "R01", ""},
        {"text", "json", Effect::rewrites, "R01", " USING a::json"},
        {"smallint", "bigint", Effect::rewrites, "R01", ""},
        {"bigint", "numeric", Effect::rewrites, "R01", ""},
        {"integer", "double precision", Effect::rewrites, "R01", ""},
        {"real", "double precision", Effect::rewrites, "R01", ""},
        {"numeric(10,2)", "numeric(14,4)", Effect::rewrites, "R01", ""},
        {"character(3)", "text", Effect::rewrites, "R01", ""},
        {"character varying(3)[]", "text[]", Effect::rewrites, "R01", ""},
        {"integer[]", "bigint[]", Effect::rewrites, "R01", ""},
        {"jsonb", "text", Effect::rewrites, "R01", ""},
        {"character varying(3)", "character varying(5)", Effect::none, "R16", ""},
        {"character varying(3)", "text", Effect::none, "R16", ""},
        {"numeric(10,2)", "numeric(12,2)", Effect::none, "R16", ""},
        {"timestamp(3) without time zone", "timestamp without time zone", Effect::none, "R16", ""},
        {"time(0) without time zone", "time(3) without time zone", Effect::none, "R16", ""},
        {"bit varying(3)", "bit varying(5)", Effect::none, "R16", ""},
        {"cidr", "inet", Effect::none, "R16", ""},
    };
    for (const auto &one : cases) {
        CAPTURE(one.from);
        CAPTURE(one.to);
        const auto step = type_step(one.from, one.to);
        CHECK(core::repair::effect_word(step.effect) == core::repair::effect_word(one.effect));
        CHECK(step.rule == one.rule);
        CHECK(step.command == "ALTER TABLE app.t ALTER COLUMN a TYPE " + one.to + one.use);
    }
}

TEST_CASE("values of types that no cast leads between go through their text")
{
    auto sql = dialect();
    sql.casts = [](const std::string &from, const std::string &to) { return from != "integer" || to != "date"; };
    const auto using_of = [&sql](const std::string &from, const std::string &to) {
        const auto have = map_of({schema, table, column("a", 1, from)});
        const auto want = map_of({schema, table, column("a", 1, to)});
        const auto plan = core::repair::plan({sql, have, want, false});
        REQUIRE(plan.size() == 1);
        CHECK(plan.front().step.effect == Effect::loses_data);
        return plan.front().step.command;
    };
    CHECK(using_of("integer", "date") == "ALTER TABLE app.t ALTER COLUMN a TYPE date USING a::text::date");
    CHECK(using_of("timestamp without time zone", "date") == "ALTER TABLE app.t ALTER COLUMN a TYPE date");
    CHECK(using_of("text", "date") == "ALTER TABLE app.t ALTER COLUMN a TYPE date USING a::date");
}

TEST_CASE("columns of a domain are judged by what it is made from, and nothing is cut")
{
    const auto of = [](const std::string &type) { return fact("domain:app.code", "schema:app", {{"owner", std::string("dba")}, {"type", type}}); };
    const auto shorter = type_step("app.code", "app.code", {of("text")}, {of("character varying(3)")});
    CHECK(shorter.command == "ALTER TABLE app.t ALTER COLUMN a TYPE app.code");
    CHECK(shorter.effect == Effect::rewrites);
    CHECK(type_step("app.code", "app.code", {of("numeric")}, {of("numeric(6,0)")}).effect == Effect::loses_data);
    CHECK(type_step("app.code[]", "app.code[]", {of("text")}, {of("character varying(3)")}).command == "ALTER TABLE app.t ALTER COLUMN a TYPE app.code[]");
    // One that needs a cast is not cut by it.
    CHECK(type_step("app.code", "app.code", {of("jsonb")}, {of("numeric(6,0)")}).command == "ALTER TABLE app.t ALTER COLUMN a TYPE app.code USING a::text::numeric");
    // In a circle.
    CHECK_NOTHROW(type_step("app.code", "text", {of("app.code")}, {of("app.code")}));
}

TEST_CASE("rows of foreign tables stay as they are")
{
    const auto foreign = fact("foreign_table:app.t", "schema:app", {{"server", std::string("s")}});
    const auto of = [](const std::string &type) { return fact("column:app.t.a", "foreign_table:app.t", {{"ordinal", std::int64_t{1}}, {"type", type}}); };
    const auto list = steps(map_of({schema, foreign, of("text")}), map_of({schema, foreign, of("integer")}));
    REQUIRE(list.size() == 1);
    CHECK(list[0].command == "ALTER FOREIGN TABLE app.t ALTER COLUMN a TYPE integer");
    CHECK(list[0].effect == Effect::none);
}

TEST_CASE("labels are renamed only where somebody renamed them")
{
    const auto of = [](List labels) { return map_of({schema, table, column("m", 1, "app.mood"), fact("enum:app.mood", "schema:app", {{"labels", std::move(labels)}})}); };
    const auto list = steps(of({"a", "b", "d"}), of({"a", "b", "c"}));
    CHECK(std::none_of(list.begin(), list.end(), [](const auto &step) { return step.command.find("RENAME VALUE") != std::string::npos; }));
    const auto convert = std::find_if(list.begin(), list.end(), [](const auto &step) { return step.command == "ALTER TABLE app.t ALTER COLUMN m TYPE app.mood USING m::text::app.mood"; });
    REQUIRE(convert != list.end());
    CHECK(convert->effect == Effect::rewrites);
    CHECK(convert->detail == "Fails while rows hold a value that type app.mood does not have.");
    const auto renamed = steps(of({"a", "b", "d"}), of({"a", "b", "c"}), {"enum:app.mood"});
    REQUIRE(renamed.size() == 1);
    CHECK(renamed[0].command == "ALTER TYPE app.mood RENAME VALUE 'd' TO 'c'");
    const auto swapped = steps(of({"a", "b"}), of({"b", "a"}), {"enum:app.mood"});
    REQUIRE(swapped.size() == 4);
    CHECK(swapped[0].command == "ALTER TYPE app.mood RENAME VALUE 'a' TO 'lcg_old_0'");
    CHECK(swapped[3].command == "ALTER TYPE app.mood RENAME VALUE 'lcg_old_1' TO 'a'");
}

TEST_CASE("a type with functions is not dropped over what stays and has it")
{
    const auto type = fact("type:app.number", "schema:app", {{"input", std::string("app.number_in(cstring)")}, {"output", std::string("app.number_out(app.number)")}});
    const auto in = fact("function:app.number_in(cstring)", "schema:app", {{"returns", std::string("app.number")}});
    const auto out = fact("function:app.number_out(app.number)", "schema:app", {{"returns", std::string("cstring")}});
    const auto alone = steps(map_of({schema, type, in, out}), map_of({schema}));
    REQUIRE(alone.size() == 1);
    CHECK(alone[0].command == "DROP TYPE app.number CASCADE");
    for (const std::string use : {"app.number", "app.number[]"}) {
        const auto list = steps(map_of({schema, type, in, out, table, column("v", 1, use)}), map_of({schema, table, column("v", 1, use)}));
        REQUIRE(list.size() == 1);
        CHECK(list[0].command.empty());
        CHECK(list[0].effect == Effect::manual);
        CHECK(list[0].detail.find("COLUMN app.t.v") != std::string::npos);
    }
    // Its functions stay in the facts when only its own creation is taken back.
    const auto caller = fact("function:app.twice(app.number)", "schema:app");
    CHECK(steps(map_of({schema, type, in, out}), map_of({schema, in, out}))[0].command == "DROP TYPE app.number CASCADE");
    CHECK(steps(map_of({schema, type, in, out, caller}), map_of({schema, in, out, caller}))[0].detail.find("FUNCTION app.twice(app.number)") != std::string::npos);
    // A column that goes as well goes first.
    const auto both = steps(map_of({schema, type, in, out, table, column("v", 1, "app.number"), column("w", 2, "text")}), map_of({schema, table, column("w", 2, "text")}));
    REQUIRE(both.size() >= 2);
    CHECK(both[0].command == "ALTER TABLE app.t DROP COLUMN v");
    CHECK(both[1].command == "DROP TYPE app.number CASCADE");
}

TEST_CASE("an extension goes with what its members hold")
{
    const auto extension = fact("extension:store", "", {{"schema", std::string("app")}});
    const auto member = [](const std::string &id) { return fact(id, "schema:app", {{"extension", std::string("store")}}); };
    const auto empty = steps(map_of({schema, extension, member("function:app.f()")}), map_of({schema}));
    REQUIRE(empty.size() == 1);
    CHECK(empty[0].effect == Effect::none);
    for (const std::string kind : {"table", "matview", "sequence"}) {
        const auto list = steps(map_of({schema, extension, member(kind + ":app.held")}), map_of({schema}));
        REQUIRE(list.size() == 1);
        CHECK(list[0].command == "DROP EXTENSION store");
        CHECK(list[0].effect == Effect::loses_data);
        CHECK(list[0].detail.find("app.held") != std::string::npos);
    }
}

TEST_CASE("a command is taken back from what it changed, and from nothing else of the same name")
{
    const auto at = [](Fact one, core::Address address) {
        one.address = address;
        return one;
    };
    const auto old_table = at(table, {1259, 10, 0});
    const auto old_column = at(column("a", 1, "integer"), {1259, 10, 1});
    const core::repair::Undone made{{}, {old_table, old_column}};
    CHECK(core::repair::other_in_place(made, map_of({old_table, old_column}), true) == nullptr);
    const auto now = map_of({at(table, {1259, 11, 0}), at(column("a", 1, "integer"), {1259, 11, 1})});
    CHECK(core::repair::other_in_place(made, now, true) != nullptr);
    // Where the row came with a dump only names tell.
    CHECK(core::repair::other_in_place(made, now, false) == nullptr);
    const core::repair::Undone added{{old_table}, {old_table, old_column}};
    CHECK(core::repair::other_in_place(added, map_of({old_table, at(column("a", 2, "integer"), {1259, 10, 2})}), true) != nullptr);
    const core::repair::Undone dropped{{old_table, old_column}, {}};
    CHECK(core::repair::other_in_place(dropped, map_of({at(table, {1259, 11, 0}), at(column("a", 1, "text"), {1259, 11, 1})}), false) != nullptr);
    CHECK(core::repair::other_in_place(dropped, map_of({table, column("b", 1, "text")}), false) != nullptr);
    CHECK(core::repair::other_in_place(dropped, map_of({table, column("a", 1, "integer")}), false) == nullptr);
    CHECK(core::repair::other_in_place(dropped, {}, true) == nullptr);
    const core::repair::Undone renamed{{old_table}, {at(fact("table:app.new", "schema:app"), {1259, 10, 0})}};
    CHECK(core::repair::other_in_place(renamed, map_of({renamed.after.front()}), true) == nullptr);
    CHECK(core::repair::other_in_place(renamed, map_of({renamed.after.front(), table}), true) != nullptr);
    const auto index = fact("index:app.i", "table:app.t");
    CHECK(core::repair::other_in_place({{}, {at(index, {1259, 20, 0})}}, map_of({at(index, {1259, 21, 0})}), true) == nullptr);
}

TEST_CASE("labels are taken back one by one")
{
    const auto mood = [](List labels) { return fact("enum:app.mood", "schema:app", {{"labels", std::move(labels)}}); };
    const auto labels = [&](const core::repair::Undone &change, List now) {
        auto wanted = map_of({mood(std::move(now))});
        core::repair::take_back(change, wanted);
        return std::get<List>(wanted.at("enum:app.mood").payload.at("labels"));
    };
    CHECK(labels({{mood({"a", "b"})}, {mood({"a", "c"})}}, {"a", "c", "d"}) == List{"a", "b", "d"});
    CHECK(labels({{mood({"a"})}, {mood({"a", "b"})}}, {"a", "b", "c"}) == List{"a", "c"});
}

TEST_CASE("an undone DROP says what is lost")
{
    const auto sql = dialect();
    const auto sequence = fact("sequence:app.s", "schema:app", {{"increment", std::int64_t{1}}});
    const auto wanted = map_of({schema, table, column("id", 1, "integer", {{"identity", std::string("always")}, {"not_null", true}}), sequence});
    auto plan = core::repair::plan({sql, map_of({schema}), wanted, false});
    core::repair::tell_what_is_lost(wanted, plan);
    std::string details;
    for (const auto &one : plan) details += one.step.detail + '\n';
    CHECK(details.find("Its rows do not come back.  Numbers of its identity column start anew.") != std::string::npos);
    CHECK(details.find("Its numbers start anew.") != std::string::npos);
    auto added = core::repair::plan({sql, map_of({schema, table, column("id", 1, "integer", {{"not_null", true}}), sequence}), wanted, false});
    core::repair::tell_what_is_lost(wanted, added);
    REQUIRE(!added.empty());
    CHECK(added[0].step.detail.starts_with("Its numbers start anew"));
}
