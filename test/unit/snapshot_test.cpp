#include <doctest/doctest.h>

#include "core/json_reader.hpp"
#include "core/snapshot.hpp"

namespace {

core::Fact column()
{
    core::Fact fact;
    fact.kind = "column";
    fact.id = "column:public.prompts.\"say \"\"hi\"\"\"";
    fact.parent = "table:public.prompts";
    fact.set("type", std::string("integer"));
    fact.set("not_null", true);
    fact.set("ordinal", std::int64_t{3});
    fact.set("comment", std::string("a\nb\t\"\\\x01 \xc3\xbc"));
    fact.set("options", core::List{"n_distinct=5", "x"});
    return fact;
}

const std::string digest = "sha256:" + std::string(64, 'a');

template <typename Read>
std::string reason(Read &&read)
{
    try {
        read();
    } catch (const std::runtime_error &error) {
        return error.what();
    }
    return "";
}

std::string header_reason(const std::string &line)
{
    return reason([&] { core::read_header(line); });
}

std::string fact_reason(const std::string &line)
{
    return reason([&] { core::read_fact_line(line, true); });
}

}  // namespace

TEST_CASE("a fact has one canonical text")
{
    core::Fact fact;
    fact.kind = "table";
    fact.id = "table:public.a";
    fact.set("owner", std::string("bob"));
    fact.set("acl", core::List{});
    CHECK(core::canonical_text(fact) == R"({"id":"table:public.a","kind":"table","parent":null,"payload":{"acl":[],"owner":"bob"}})");
    CHECK(core::fact_line(core::canonical_text(fact), digest) ==
          R"({"id":"table:public.a","kind":"table","parent":null,"payload":{"acl":[],"owner":"bob"},"digest":")" + digest + "\"}");
}

TEST_CASE("a line is read as it was written")
{
    const auto fact = column();
    const auto read = core::read_fact_line(core::fact_line(core::canonical_text(fact), digest), true);
    CHECK(read.digest == digest);
    CHECK(read.fact.id == fact.id);
    CHECK(read.fact.kind == fact.kind);
    CHECK(read.fact.parent == fact.parent);
    CHECK(read.fact.payload == fact.payload);
    CHECK(core::canonical_text(read.fact) == core::canonical_text(fact));
}

TEST_CASE("the parts of a canonical text")
{
    const auto text = core::canonical_text(column());
    const auto parts = core::split_canonical(text);
    CHECK(parts.id == column().id);
    CHECK(parts.kind == "column");
    CHECK(parts.parent == "table:public.prompts");
    CHECK(parts.payload == core::canonical_json(column().payload));
    core::Fact top;
    top.kind = "schema";
    top.id = "schema:public";
    const auto top_text = core::canonical_text(top);
    CHECK(core::split_canonical(top_text).parent.empty());
    CHECK(core::split_canonical(top_text).payload == "{}");
}

TEST_CASE("a header is read as it was written")
{
    core::SnapshotHeader header;
    header.server_version_num = 150020;
    header.encoding = "UTF8";
    header.facts = 62;
    header.digest = digest;
    const auto read = core::read_header(core::header_line(header));
    CHECK(read.server_version_num == 150020);
    CHECK(read.encoding == "UTF8");
    CHECK(read.facts == 62);
    CHECK(read.digest == digest);
}

TEST_CASE("white space and escapes of other writers do no harm")
{
    const auto read = core::read_fact_line(" { \"digest\" : \"" + digest + R"(", "payload":{ "a" : "\u00fc\ud83d\ude00" , "b":null, "c":[ ] },)" +
                                               "\"parent\":null,\t\"kind\":\"table\",\"id\":\"table:x\"}\r",
                                           true);
    CHECK(std::get<std::string>(read.fact.payload.at("a")) == "\xc3\xbc\xf0\x9f\x98\x80");
    CHECK(!read.fact.payload.contains("b"));
    CHECK(std::get<core::List>(read.fact.payload.at("c")).empty());
}

TEST_CASE("headers that are none")
{
    for (const std::string line : {"", "x", "{}", "[]", "CREATE TABLE t ();", "{\"version\":1}", "{\"langchef_guard_snapshot\":0}"}) {
        CAPTURE(line);
        CHECK(header_reason(line) != "");
    }
    CHECK(header_reason("{\"langchef_guard_snapshot\":1}") == "the header lacks a member");
    CHECK(header_reason("{\"langchef_guard_snapshot\":1,\"facts\":1,\"facts\":2}") == "the header repeats a member");
    CHECK(header_reason("{\"langchef_guard_snapshot\":1,\"time\":1}") == "the header has a member of no meaning");
    CHECK_THROWS_AS(core::read_header("{\"langchef_guard_snapshot\":2,\"new\":[{\"x\":1}]}"), core::SnapshotTooNew);
}

TEST_CASE("lines that are no facts")
{
    const auto whole = core::fact_line(core::canonical_text(column()), digest);
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        CHECK(fact_reason(whole.substr(0, size)) != "");
    }
    CHECK(fact_reason(whole + "x") == "text after the end of the object");
    const auto with_payload = [](const std::string &payload) {
        return fact_reason(R"({"id":"table:x","kind":"table","parent":null,"payload":)" + payload + ",\"digest\":\"" + digest + "\"}");
    };
    CHECK(with_payload("{}") == "");
    CHECK(with_payload("[]") != "");
    CHECK(with_payload(R"({"a":{"b":1}})") == "nested object");
    CHECK(with_payload(R"({"a":[["b"]]})") == "a list may hold texts only");
    CHECK(with_payload(R"({"a":1,"a":2})") == "repeated member");
    CHECK(with_payload(R"({"a":1.5})") == "expected an integer");
    CHECK(with_payload(R"({"a":99999999999999999999})") == "expected an integer");
    CHECK(with_payload(R"({"a":"\u0000"})") == "\\u0000 cannot stand in text");
    CHECK(with_payload(R"({"a":"\ud800"})") == "invalid surrogate pair in a string");
    CHECK(with_payload(R"({"a":"\x"})") == "invalid escape in a string");
    CHECK(with_payload(R"({7:true})") == "expected a string");
    CHECK(with_payload("{\"a\":\"line\nbreak\"}") == "control character in a string");
    CHECK(fact_reason(R"({"id":"view:x","kind":"table","parent":null,"payload":{},"digest":")" + digest + "\"}") ==
          "its id does not begin with its kind");
    CHECK(fact_reason(R"({"id":"table:x","kind":"table","parent":null,"payload":{},"digest":"md5:1"})") ==
          "its digest is no SHA-256 digest");
}

TEST_CASE("deep nesting costs no stack")
{
    CHECK(fact_reason("{\"payload\":" + std::string(10'000'000, '[')) == "expected \"{\"");
    CHECK(fact_reason("{\"payload\":{\"a\":" + std::string(10'000'000, '[')) == "a list may hold texts only");
}

TEST_CASE("escapes above ASCII need UTF-8")
{
    core::JsonReader latin("\"\\u00fc\"", false);
    CHECK_THROWS_AS(latin.string(), core::JsonError);
    core::JsonReader plain("\"\\u000a\\u007f\"", false);
    CHECK(plain.string() == "\n\x7f");
}

TEST_CASE("lines of a document")
{
    core::Lines lines("\na\n\r\nb\n");
    CHECK(lines.next() == "a");
    CHECK(lines.number() == 2);
    CHECK(lines.next() == "b");
    CHECK(lines.number() == 4);
    CHECK(!lines.next());
    core::Lines none("");
    CHECK(!none.next());
}
