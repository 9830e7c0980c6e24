#include <doctest/doctest.h>

#include "core/definition.hpp"

namespace {

core::Fact fact(std::string kind, std::string name, std::string parent, core::Address address = {})
{
    core::Fact made;
    made.kind = std::move(kind);
    made.id = made.kind + ':' + name;
    made.parent = std::move(parent);
    made.address = address;
    return made;
}

// A table with its columns in order.
core::Facts table(const std::string &name, const std::vector<std::pair<std::string, int>> &columns)
{
    core::Facts facts{fact("table", name, "schema:public", {1259, 100, 0})};
    std::int64_t ordinal = 0;
    for (const auto &[column, number] : columns) {
        core::Fact made = fact("column", name + '.' + column, "table:" + name, {1259, 100, number});
        made.set("ordinal", ++ordinal);
        made.set("type", std::string("integer"));
        facts.push_back(made);
    }
    return facts;
}

std::string differences(const core::Facts &before, const core::Facts &after, bool match_address = false)
{
    return core::differences_json(core::compare(before, after, match_address));
}

}  // namespace

TEST_CASE("a definition names the object, its attributes and its parts")
{
    CHECK(core::definition_json({}).empty());
    CHECK(core::definition_json({fact("schema", "public", "")}) == R"({"id":"schema:public","kind":"schema","attributes":{}})");
    CHECK(core::definition_json(table("public.t", {{"a", 1}})) ==
          R"({"id":"table:public.t","kind":"table","parent":"schema:public","address":[1259,100,0],"attributes":{},)"
          R"("parts":{"column:public.t.a":{"kind":"column","address":[1259,100,1],)"
          R"("attributes":{"ordinal":1,"type":"integer"}}}})");
}

TEST_CASE("equal states have no difference")
{
    const auto facts = table("public.t", {{"a", 1}, {"b", 2}});
    CHECK(core::compare(facts, facts).empty());
    CHECK(core::compare(facts, facts, true).empty());
    CHECK(differences({}, {}) == "[]");
}

TEST_CASE("order of facts, address and transaction do not matter")
{
    auto other = table("public.t", {{"a", 1}, {"b", 2}});
    std::swap(other[1], other[2]);
    for (auto &part : other) {
        part.address = {};
        part.xmin = 7;
    }
    CHECK(core::compare(table("public.t", {{"a", 1}, {"b", 2}}), other).empty());
}

TEST_CASE("each attribute that differs is one difference, with both values")
{
    auto before = table("public.t", {{"a", 1}});
    auto after = before;
    before[1].set("default", std::string("1"));
    after[1].set("type", std::string("bigint"));
    after[1].set("not_null", true);
    CHECK(differences(before, after) ==
          R"([{"fact":"column:public.t.a","kind":"column","op":"changed","attribute":"default","before":"1"},)"
          R"({"fact":"column:public.t.a","kind":"column","op":"changed","attribute":"not_null","after":true},)"
          R"({"fact":"column:public.t.a","kind":"column","op":"changed","attribute":"type","before":"integer","after":"bigint"}])");
}

TEST_CASE("an empty list is not an absent one")
{
    auto before = table("public.t", {});
    auto after = before;
    after[0].set("acl", core::List{});
    CHECK(core::compare(before, after).size() == 1);
}

TEST_CASE("facts on one side only are added or removed, ordered by id")
{
    CHECK(differences(table("public.t", {{"z", 1}}), table("public.t", {{"a", 1}})) ==
          R"([{"fact":"column:public.t.a","kind":"column","op":"added"},)"
          R"({"fact":"column:public.t.z","kind":"column","op":"removed"}])");
}

TEST_CASE("by address a renamed column is a change of name")
{
    const auto before = table("public.t", {{"z", 1}});
    const auto after = table("public.t", {{"a", 1}});
    CHECK(differences(before, after, true) ==
          R"([{"fact":"column:public.t.a","kind":"column","op":"changed","attribute":"name",)"
          R"("before":"column:public.t.z","after":"column:public.t.a"}])");
}

TEST_CASE("the parts of a renamed table have no difference of their own")
{
    const auto found = core::compare(table("public.t", {{"a", 1}, {"b", 2}}), table("app.u", {{"a", 1}, {"c", 2}}), true);
    REQUIRE(found.size() == 2);
    CHECK(found[0].fact == "column:app.u.c");
    CHECK(found[1].fact == "table:app.u");
    CHECK(found[1].attribute == "name");
    CHECK(found[1].before == core::Value(std::string("table:public.t")));
}

TEST_CASE("what was made anew under its old name is matched by id when addresses fail")
{
    auto before = core::Facts{fact("constraint", "public.t.c", "table:public.t", {2606, 1, 0})};
    auto after = core::Facts{fact("constraint", "public.t.c", "table:public.t", {2606, 2, 0})};
    after[0].set("definition", std::string("CHECK (b)"));
    CHECK(core::compare(before, after, true).size() == 1);
    after[0].payload.clear();
    CHECK(core::compare(before, after, true).empty());
}

TEST_CASE("swapped names follow the addresses, or the names, as asked")
{
    const auto before = table("public.t", {{"a", 1}, {"b", 2}});
    auto after = table("public.t", {{"b", 1}, {"a", 2}});
    CHECK(core::compare(before, after, true).size() == 2);
    // By name the columns changed places.
    CHECK(core::compare(before, after).size() == 2);
}

TEST_CASE("a dropped column does not move those behind it")
{
    const auto before = table("public.t", {{"a", 1}, {"b", 2}, {"c", 3}});
    const auto after = table("public.t", {{"a", 1}, {"c", 3}});
    CHECK(differences(before, after) == R"([{"fact":"column:public.t.b","kind":"column","op":"removed"}])");
}

TEST_CASE("columns in another order differ in their place")
{
    const auto found = core::compare(table("public.t", {{"a", 1}, {"b", 2}}), table("public.t", {{"b", 1}, {"a", 2}}));
    REQUIRE(found.size() == 2);
    CHECK(found[0].attribute == "ordinal");
}

TEST_CASE("an index of the same name on another table differs in its parent")
{
    const core::Facts before{fact("index", "public.i", "table:public.t")};
    const core::Facts after{fact("index", "public.i", "table:public.u")};
    CHECK(differences(before, after) ==
          R"([{"fact":"index:public.i","kind":"index","op":"changed","attribute":"parent",)"
          R"("before":"table:public.t","after":"table:public.u"}])");
}

TEST_CASE("a name with a dot inside quotes is one part")
{
    core::Facts before{fact("table", "public.\"a.b\"", "schema:public", {1259, 1, 0})};
    before.push_back(fact("column", "public.\"a.b\".c", "table:public.\"a.b\"", {1259, 1, 1}));
    core::Facts after{fact("table", "public.\"a\"", "schema:public", {1259, 1, 0})};
    after.push_back(fact("column", "public.\"a\".c", "table:public.\"a\"", {1259, 1, 1}));
    CHECK(core::compare(before, after, true).size() == 1);
}
