#include <doctest/doctest.h>

#include "core/fact.hpp"

TEST_CASE("a plain name stands in an id as it is, any other in quotes")
{
    CHECK(core::quote_part("prompts") == "prompts");
    CHECK(core::quote_part("_v2") == "_v2");
    CHECK(core::quote_part("2nd") == "\"2nd\"");
    CHECK(core::quote_part("Prompts") == "\"Prompts\"");
    CHECK(core::quote_part("a.b") == "\"a.b\"");
    CHECK(core::quote_part("say \"hi\"") == "\"say \"\"hi\"\"\"");
    CHECK(core::quote_part("") == "\"\"");
    CHECK(core::quote_part("line\nbreak") == "\"line\nbreak\"");
    CHECK(core::quote_part("sch\xc3\xb6n") == "\"sch\xc3\xb6n\"");
}

TEST_CASE("keywords are names like any other")
{
    CHECK(core::quote_part("select") == "select");
    CHECK(core::fact_id("column", {"public", "chat_messages", "order"}) == "column:public.chat_messages.order");
}

TEST_CASE("ids of different names differ")
{
    CHECK(core::fact_id("table", {"a.b", "c"}) != core::fact_id("table", {"a", "b.c"}));
    CHECK(core::fact_id("table", {"a", "b"}) != core::fact_id("view", {"a", "b"}));
}

TEST_CASE("an absent value leaves no attribute, and a later value replaces an earlier one")
{
    core::Fact fact;
    fact.set("default", core::Value{});
    CHECK(fact.payload.empty());
    fact.set("default", std::string("1"));
    fact.set("default", std::string("2"));
    CHECK(core::canonical_json(fact.payload) == R"({"default":"2"})");
}

TEST_CASE("canonical JSON has its keys in byte order and no spaces")
{
    core::Fact fact;
    fact.set("not_null", true);
    fact.set("Zone", std::string("x"));
    fact.set("labels", core::List{"b", "a"});
    fact.set("acl", core::List{});
    fact.set("max", std::int64_t{9223372036854775807});
    CHECK(core::canonical_json(fact.payload) ==
          R"({"Zone":"x","acl":[],"labels":["b","a"],"max":9223372036854775807,"not_null":true})");
    CHECK(core::canonical_json({}) == "{}");
}

TEST_CASE("constants that can hold OIDs nobody recorded")
{
    for (const std::string_view text : {"'{app.t}'::regclass[]", "x = ANY ('{f,g}'::regproc[])", "{\"default\":\"'(app.t,1)'::app.holder\"}",
                                        "'{\"(app.t,1)\"}'::app.holder[]", "a('x'::text, '(1,2)'::\\\"A\\\".pair)", "'[(t),(u)]'::app.spans",
                                        "{\"default\":\"'(t,1)'::\\\"my app\\\".holder\"}", "'(t,1)'::\"my-app\".holder"}) {
        CHECK_MESSAGE(core::may_hide_oids(text), text);
    }
    for (const std::string_view text : {"'app.t'::regclass", "nextval('app.s'::regclass)", "'ok'::app.mood", "'{a,b}'::text[]", "'(1,2)'::point",
                                        "'{}'::jsonb", "'()'::text", "it's", "'::", "", "'x'::regular"}) {
        CHECK_MESSAGE(!core::may_hide_oids(text), text);
    }
}
