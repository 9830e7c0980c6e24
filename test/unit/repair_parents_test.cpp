// Columns of partition keys, and of tables with several parents: which of them can have another type.
#include "repair_facts.hpp"

#include "core/repair/partition_key.hpp"

using core::repair::is_in_partition_key;

namespace {

// A table that inherits a column of the two types, and its parents.
FactMap heir(const std::string &of_m, const std::string &of_n, const std::string &own, List parents)
{
    const auto of = [](const std::string &table, const std::string &type, core::Payload more = {}) {
        more.insert_or_assign("ordinal", std::int64_t{1});
        more.insert_or_assign("type", type);
        return fact("column:" + table + ".a", "table:" + table, std::move(more));
    };
    core::Payload inherited;
    if (!parents.empty()) inherited.emplace("inherited", true);
    core::Payload inherits{{"owner", std::string("dba")}};
    if (!parents.empty()) inherits.emplace("inherits", std::move(parents));
    const core::Payload owned{{"owner", std::string("dba")}};
    return map_of({schema, fact("table:app.m", "schema:app", owned), of("app.m", of_m), fact("table:app.n", "schema:app", owned), of("app.n", of_n), fact("table:app.c", "schema:app", inherits),
                   of("app.c", own, inherited)});
}

}  // namespace

TEST_CASE("the columns of a partition key are told from its other words")
{
    CHECK(is_in_partition_key("LIST (a)", "a"));
    CHECK(is_in_partition_key("RANGE (a, b)", "b"));
    CHECK(is_in_partition_key("RANGE (\"A b\", c)", "A b"));
    CHECK(is_in_partition_key("RANGE (range)", "range"));
    CHECK_FALSE(is_in_partition_key("RANGE (a)", "range"));
    CHECK_FALSE(is_in_partition_key("", "a"));
    // Functions, with and without schema.
    CHECK_FALSE(is_in_partition_key("RANGE (lower(b))", "lower"));
    CHECK(is_in_partition_key("RANGE (lower(b))", "b"));
    CHECK_FALSE(is_in_partition_key("RANGE (app.f(b), c)", "f"));
    CHECK_FALSE(is_in_partition_key("RANGE (app.f(b), c)", "app"));
    CHECK(is_in_partition_key("RANGE (app.f(b), c)", "c"));
    // Collations and operator classes.
    constexpr std::string_view dressed = "HASH (a COLLATE app.de app.text_ops, lower(b) text_pattern_ops, (((c)::text || d)) COLLATE \"C\" ops)";
    for (const std::string other : {"de", "app", "text_ops", "lower", "text_pattern_ops", "text", "C", "ops", "hash", "collate"}) CHECK_FALSE_MESSAGE(is_in_partition_key(dressed, other), other);
    for (const std::string own : {"a", "b", "c", "d"}) CHECK_MESSAGE(is_in_partition_key(dressed, own), own);
    // Types, texts, fields and words of the language.
    constexpr std::string_view rich = "RANGE (date_trunc('day it''s x'::text, at), ((k).f), EXTRACT(year FROM z), ((n)::character varying(5)), ((m)::timestamp(3) without time zone), ((p OPERATOR(app.+) 1e5)), "
                                      "(CASE WHEN q THEN 'y'::app.e ELSE NULL::app.e END), ((v || (w COLLATE \"de\"))))";
    for (const std::string other : {"day", "it", "s", "x", "text", "f", "year", "character", "varying", "timestamp", "without", "time", "zone", "app", "e5", "e", "y", "case", "CASE", "NULL", "de"}) {
        CHECK_FALSE_MESSAGE(is_in_partition_key(rich, other), other);
    }
    for (const std::string own : {"at", "k", "z", "n", "m", "p", "q", "v", "w"}) CHECK_MESSAGE(is_in_partition_key(rich, own), own);
    // Texts that end too early.
    for (const std::string_view broken : {"RANGE (", "RANGE ('", "RANGE (a::", "RANGE (a COLLATE", "RANGE (OPERATOR(", "RANGE (a::text(", "RANGE ((a).", "RANGE (EXTRACT(", "RANGE (\""}) CHECK_NOTHROW(is_in_partition_key(broken, "b"));
}

TEST_CASE("a column with the name of a function in the partition key can have another type")
{
    const auto of = [](const std::string &type) {
        auto facts = map_of({schema, fact("table:app.t", "schema:app", {{"owner", std::string("dba")}, {"partition_key", std::string("RANGE (lower(b))")}}), column("b", 1, "text"), column("lower", 2, type)});
        return facts;
    };
    CHECK(commands(of("integer"), of("bigint")) == std::vector<std::string>{"ALTER TABLE app.t ALTER COLUMN lower TYPE bigint"});
}

TEST_CASE("a table leaves a parent before the type of a column changes that it has from it as well")
{
    const auto from = heir("integer", "integer", "integer", {"app.m", "app.n"});
    // It keeps the parent whose column changes, or both change.
    for (const std::string of_n : {"integer", "bigint"}) {
        const auto list = commands(from, heir("bigint", of_n, "bigint", {"app.m"}));
        const auto leaves = place_of(list, "ALTER TABLE app.c NO INHERIT app.n");
        CHECK(leaves < place_of(list, "ALTER TABLE app.m ALTER COLUMN a TYPE bigint"));
        if (of_n == "bigint") CHECK(leaves < place_of(list, "ALTER TABLE app.n ALTER COLUMN a TYPE bigint"));
        CHECK(std::none_of(list.begin(), list.end(), [](const std::string &command) { return command.find("several parents") != std::string::npos; }));
    }
    // It leaves the one whose column changes.
    auto list = commands(from, heir("bigint", "integer", "integer", {"app.n"}));
    CHECK(place_of(list, "ALTER TABLE app.c NO INHERIT app.m") < place_of(list, "ALTER TABLE app.m ALTER COLUMN a TYPE bigint"));
    // It leaves both, and its own column changes by itself.
    list = commands(from, heir("bigint", "bigint", "bigint", {}));
    const auto left = std::max(place_of(list, "ALTER TABLE app.c NO INHERIT app.m"), place_of(list, "ALTER TABLE app.c NO INHERIT app.n"));
    for (const std::string table : {"c", "m", "n"}) CHECK(left < place_of(list, "ALTER TABLE app." + table + " ALTER COLUMN a TYPE bigint"));
}

TEST_CASE("a column of several parents stays while the table keeps them, or gets another")
{
    const auto from = heir("integer", "integer", "integer", {"app.m", "app.n"});
    CHECK(commands(from, heir("bigint", "bigint", "bigint", {"app.m", "app.n"})).front().find("TABLE app.c has the column from several parents") != std::string::npos);
    auto to = heir("bigint", "bigint", "bigint", {"app.m", "app.r"});
    to.emplace("table:app.r", fact("table:app.r", "schema:app", {{"owner", std::string("dba")}}));
    to.emplace("column:app.r.a", fact("column:app.r.a", "table:app.r", {{"ordinal", std::int64_t{1}}, {"type", std::string("bigint")}}));
    CHECK(commands(from, to).front().find("several parents") != std::string::npos);
}
