// What the server refuses whatever goes before it is left as it is, with a step that says so.
#include "repair_facts.hpp"

namespace {

core::Payload owned(core::Payload more = {})
{
    more.insert_or_assign("owner", std::string("dba"));
    return more;
}

Fact part_of(const std::string &whole, const std::string &name, const std::string &type, core::Payload more = {})
{
    more.insert_or_assign("ordinal", std::int64_t{1});
    more.insert_or_assign("type", type);
    const auto kind = whole.starts_with("composite:") ? "attribute:" : "column:";
    return fact(kind + whole.substr(whole.find(':') + 1) + '.' + name, whole, std::move(more));
}

Fact relation(const std::string &id, core::Payload more = {}) { return fact(id, "schema:app", owned(std::move(more))); }

// All that is left of a plan that is to be made by hand.
bool is_only_manual(const std::vector<std::string> &list, const std::string &word)
{
    return list.size() == 1 && list.front().starts_with("-- ") && list.front().find(word) != std::string::npos;
}

const core::Payload inherited{{"inherited", true}};

}  // namespace

TEST_CASE("the type of a column in a partition key is changed by hand, and what reads it stays")
{
    const auto of = [](const std::string &type) {
        return map_of({schema, relation("table:app.p", {{"partition_key", std::string("LIST (a)")}}), part_of("table:app.p", "a", type),
                       relation("table:app.p1", {{"partition_of", std::string("app.p")}, {"partition_bound", std::string("FOR VALUES IN (1)")}}), part_of("table:app.p1", "a", type, inherited),
                       relation("view:app.v", {{"definition", std::string(" SELECT p1.a\n   FROM app.p1;")}})});
    };
    CHECK(is_only_manual(commands(of("integer"), of("bigint")), "partition key of TABLE app.p"));
    // Another column of the table can have another type.
    auto from = of("integer");
    auto to = of("integer");
    from.emplace("column:app.p.b", part_of("table:app.p", "b", "integer"));
    to.emplace("column:app.p.b", part_of("table:app.p", "b", "bigint"));
    CHECK(commands(from, to) == std::vector<std::string>{"ALTER TABLE app.p ALTER COLUMN b TYPE bigint"});
}

TEST_CASE("a column of several parents, of a typed table, and of a row type that is used, is changed by hand")
{
    const auto heir = [](const std::string &type) {
        return map_of({schema, relation("table:app.m"), part_of("table:app.m", "a", type), relation("table:app.n"), part_of("table:app.n", "a", type),
                       relation("table:app.c", {{"inherits", List{"app.m", "app.n"}}}), part_of("table:app.c", "a", type, inherited)});
    };
    const auto list = commands(heir("integer"), heir("bigint"));
    REQUIRE(list.size() == 2);
    CHECK(list[0].find("TABLE app.c has the column from several parents") != std::string::npos);
    CHECK(list[1].starts_with("-- "));
    const auto typed = [](const std::string &type) {
        return map_of({schema, relation("composite:app.k"), part_of("composite:app.k", "a", type), relation("table:app.o", {{"of_type", std::string("app.k")}}), part_of("table:app.o", "a", type)});
    };
    CHECK(is_only_manual(commands(typed("integer"), typed("bigint")), "CASCADE"));
    const auto used = [](const std::string &type) {
        return map_of({schema, relation("composite:app.k"), part_of("composite:app.k", "a", type), relation("domain:app.d", {{"type", std::string("app.k")}}), relation("table:app.o"), part_of("table:app.o", "k", "app.d[]")});
    };
    CHECK(is_only_manual(commands(used("integer"), used("bigint")), "COLUMN app.o.k"));
    const auto row = [](const std::string &type) { return map_of({schema, table, column("a", 1, type), relation("table:app.o"), part_of("table:app.o", "t", "app.t")}); };
    CHECK(is_only_manual(commands(row("integer"), row("bigint")), "COLUMN app.o.t"));
    // Rows that stay as they are hurt nobody.
    CHECK(commands(row("character varying(5)"), row("text")) == std::vector<std::string>{"ALTER TABLE app.t ALTER COLUMN a TYPE text"});
}

TEST_CASE("a column that a child declares as well follows its parent's")
{
    const auto of = [](const std::string &type) {
        return map_of({schema, table, column("a", 1, type), relation("table:app.d", {{"inherits", List{"app.t"}}}), part_of("table:app.d", "a", type, {{"inherited", true}, {"local", true}})});
    };
    CHECK(commands(of("integer"), of("bigint")) == std::vector<std::string>{"ALTER TABLE app.t ALTER COLUMN a TYPE bigint"});
}

TEST_CASE("a type is replaced by hand where more than columns are made from it, or these cannot be converted")
{
    const auto of = [](List labels, std::initializer_list<Fact> users) {
        auto facts = map_of(users);
        facts.emplace(schema.id, schema);
        facts.emplace("enum:app.e", relation("enum:app.e", {{"labels", std::move(labels)}}));
        return facts;
    };
    const auto replaced = [&](std::initializer_list<Fact> users) { return commands(of({"a", "b"}, users), of({"b", "a"}, users)); };
    CHECK(is_only_manual(replaced({relation("domain:app.d", {{"type", std::string("app.e")}})}), "DOMAIN app.d is made from it"));
    CHECK(is_only_manual(replaced({relation("range:app.r", {{"subtype", std::string("app.e")}})}), "app.r is made from it"));
    CHECK(is_only_manual(replaced({relation("composite:app.k"), part_of("composite:app.k", "e", "app.e")}), "TYPE app.k is made from it"));
    CHECK(is_only_manual(replaced({relation("table:app.p", {{"partition_key", std::string("LIST (e)")}}), part_of("table:app.p", "e", "app.e")}), "partition key of TABLE app.p"));
    const auto range = [](const std::string &subtype) {
        return map_of({schema, relation("range:app.r", {{"subtype", subtype}, {"multirange", std::string("app.r_multirange")}}), table, column("r", 1, "app.r_multirange")});
    };
    CHECK(is_only_manual(commands(range("integer"), range("bigint")), "multirange"));
}

TEST_CASE("what does not take text makes way while a range's columns are converted through it")
{
    const auto of = [](const std::string &subtype) {
        return map_of({schema, relation("range:app.r", {{"subtype", subtype}}), table, column("r", 1, "app.r"),
                       fact("constraint:app.t.x", "table:app.t", {{"type", std::string("exclusion")}, {"definition", std::string("EXCLUDE USING gist (r WITH &&)")}}),
                       fact("index:app.plain", "table:app.t", {{"method", std::string("btree")}, {"keys", List{"r"}}}), fact("index:app.i", "table:app.t", {{"method", std::string("gist")}, {"keys", List{"r"}}})});
    };
    const auto list = commands(of("integer"), of("bigint"));
    const auto text = place_of(list, "ALTER TABLE app.t ALTER COLUMN r TYPE text");
    const auto back = place_of(list, "ALTER TABLE app.t ALTER COLUMN r TYPE app.r");
    CHECK(place_of(list, "ALTER TABLE app.t DROP CONSTRAINT x") < text);
    CHECK(place_of(list, "DROP INDEX app.i") < text);
    CHECK(place_of(list, "ALTER TABLE app.t ADD CONSTRAINT x EXCLUDE") > back);
    CHECK(place_of(list, "CREATE INDEX i ON") > back);
    CHECK(std::none_of(list.begin(), list.end(), [](const std::string &command) { return command.find("plain") != std::string::npos; }));
}

TEST_CASE("a view stays while a column has its row type, with what would have it made anew")
{
    const auto of = [](const std::string &type, const std::string &definition) {
        return map_of({schema, table, column("a", 1, type), column("b", 2, "integer"), relation("view:app.v", {{"definition", definition}}), part_of("view:app.v", "a", type), relation("table:app.u"),
                       part_of("table:app.u", "v", "app.v")});
    };
    const std::string definition = " SELECT t.a\n   FROM app.t;";
    CHECK(is_only_manual(commands(of("integer", definition), of("bigint", definition)), "COLUMN app.u.v"));
    auto to = of("integer", " SELECT t.b AS c\n   FROM app.t;");
    to.erase("column:app.v.a");
    to.emplace("column:app.v.c", part_of("view:app.v", "c", "integer"));
    const auto list = commands(of("integer", definition), to);
    CHECK(is_only_manual(list, "VIEW app.v would have to be dropped"));
}

TEST_CASE("a circle of parents has no column that a command could be about, and one of row types is looked through once")
{
    const auto of = [](const std::string &type) {
        return map_of({schema, relation("table:app.m", {{"inherits", List{"app.n"}}}), part_of("table:app.m", "a", type, inherited), relation("table:app.n", {{"inherits", List{"app.m"}}}),
                       part_of("table:app.n", "a", type, inherited)});
    };
    CHECK(commands(of("integer"), of("bigint")).empty());
    // The type that changes is within the circle, and what holds it is outside.
    const auto types = [](const std::string &type) {
        return map_of({schema, relation("composite:app.k"), part_of("composite:app.k", "a", type), part_of("composite:app.k", "l", "app.l"), relation("composite:app.l"),
                       part_of("composite:app.l", "k", "app.k"), relation("table:app.o"), part_of("table:app.o", "l", "app.l")});
    };
    CHECK(is_only_manual(commands(types("integer"), types("bigint")), "COLUMN app.o.l"));
}
