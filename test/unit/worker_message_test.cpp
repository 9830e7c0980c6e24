#include <doctest/doctest.h>

#include "core/worker_message.hpp"

namespace {

core::WorkerRequest sample()
{
    core::WorkerRequest request;
    request.task = core::WorkerTask::file;
    request.database = 5;
    request.timeout = 5000;
    request.requester_oid = 4294967295U;
    request.requester = "na\"me\nwith";
    request.digest = std::string("\0\xff", 2);
    request.commands = std::string(100000, 'x');
    request.attempts = 42;
    request.invalid_tokens = 64;
    request.counted = {{1, 2, 0}, {9223372036854775807, 1, 3}};
    request.command = -1;
    request.denied = 1;
    request.tokens = "lcg_x, lcg_y";
    request.effects = {{"P06", "database", "my\ndatabase", "altering it", "a=b", 1262, 4294967295U, 4, 5}, {}};
    return request;
}

}  // namespace

TEST_CASE("a request comes out as it went in")
{
    const core::WorkerRequest in = sample();
    const auto out = core::decode_request(core::encode(in));
    REQUIRE(out.has_value());
    CHECK(out->task == in.task);
    CHECK(out->database == in.database);
    CHECK(out->timeout == in.timeout);
    CHECK(out->requester_oid == in.requester_oid);
    CHECK(out->requester == in.requester);
    CHECK(out->client_addr.empty());
    CHECK(out->digest == in.digest);
    CHECK(out->commands == in.commands);
    CHECK(out->attempts == in.attempts);
    CHECK(out->invalid_tokens == 64);
    CHECK(out->command == in.command);
    CHECK(out->denied == in.denied);
    CHECK(out->tokens == in.tokens);
    REQUIRE(out->effects.size() == 2);
    CHECK(out->effects[0].rule == "P06");
    CHECK(out->effects[0].identity == "my\ndatabase");
    CHECK(out->effects[0].detail == "a=b");
    CHECK(out->effects[0].objid == 4294967295U);
    CHECK(out->effects[0].concern == 4);
    CHECK(out->effects[0].subject == 5);
    REQUIRE(out->counted.size() == 2);
    CHECK(out->counted[1].proposal == 9223372036854775807);
    CHECK(out->counted[1].attempts == 1);
    CHECK(out->counted[1].invalid_tokens == 3);
}

TEST_CASE("a request cut anywhere is no request")
{
    core::WorkerRequest request = sample();
    request.commands = "[]";
    const std::string bytes = core::encode(request);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK_FALSE(core::decode_request(std::string_view(bytes).substr(0, size)).has_value());
    }
    CHECK_FALSE(core::decode_request(bytes + "x").has_value());
}

TEST_CASE("lengths that lie are found out")
{
    core::WorkerRequest request = sample();
    request.commands = "[]";
    const std::string bytes = core::encode(request);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        std::string damaged = bytes;
        damaged[i] = '\xff';
        // Either refused or decoded within the bytes: no crash, no huge allocation.
        const auto out = core::decode_request(damaged);
        if (out) CHECK(core::encode(*out).size() <= bytes.size());
    }
}

TEST_CASE("a result comes out as it went in, a request is none")
{
    core::WorkerResult in;
    in.proposal = 7;
    in.status = "pending";
    in.failure = "why";
    const std::string bytes = core::encode(in);
    const auto out = core::decode_result(bytes);
    REQUIRE(out.has_value());
    CHECK(out->proposal == 7);
    CHECK(out->status == "pending");
    CHECK(out->failure == "why");
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        CHECK_FALSE(core::decode_result(std::string_view(bytes).substr(0, size)).has_value());
    }
    CHECK_FALSE(core::decode_result(core::encode(sample())).has_value());
    CHECK_FALSE(core::decode_request(bytes).has_value());
}
