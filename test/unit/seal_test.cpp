#include <doctest/doctest.h>

#include "core/seal.hpp"

TEST_CASE("the own transaction counts as one under way")
{
    CHECK(core::without_transaction("10:20:", 25) == "10:20:");
    CHECK(core::without_transaction("10:20:", 20) == "10:20:");
    CHECK(core::without_transaction("10:20:", 15) == "10:20:15");
    CHECK(core::without_transaction("10:20:12,17", 15) == "10:20:12,15,17");
    CHECK(core::without_transaction("10:20:12,17", 11) == "10:20:11,12,17");
    CHECK(core::without_transaction("10:20:12,17", 19) == "10:20:12,17,19");
    CHECK(core::without_transaction("10:20:12,17", 17) == "10:20:12,17");
    CHECK(core::without_transaction("10:20:12,17", 12) == "10:20:12,17");
    CHECK(core::without_transaction("10:20:12", 0) == "10:20:12");
}

TEST_CASE("every part of a seal counts")
{
    core::Seal seal;
    seal.id = 1;
    seal.format = 1;
    seal.sealed_at = "2026-01-01 00:00:00+00";
    seal.sealed_by = "dba";
    seal.snapshot = "1:2:";
    seal.rows = 3;
    seal.first = 10;
    seal.last = 12;
    seal.digest = "ab";
    const std::string text = core::chain_text(seal, "cd");
    const auto differs = [&](auto change) {
        core::Seal other = seal;
        change(other);
        return core::chain_text(other, "cd") != text;
    };
    CHECK(differs([](core::Seal &s) { s.id = 2; }));
    CHECK(differs([](core::Seal &s) { s.format = 2; }));
    CHECK(differs([](core::Seal &s) { s.sealed_at = ""; }));
    CHECK(differs([](core::Seal &s) { s.sealed_by = "db"; }));
    CHECK(differs([](core::Seal &s) { s.system_identifier = 5; }));
    CHECK(differs([](core::Seal &s) { s.snapshot = "1:3:"; }));
    CHECK(differs([](core::Seal &s) { s.adopted = "{7}"; }));
    CHECK(differs([](core::Seal &s) { s.rows = 4; }));
    CHECK(differs([](core::Seal &s) { s.first = 11; }));
    CHECK(differs([](core::Seal &s) { s.last = 13; }));
    CHECK(differs([](core::Seal &s) { s.digest = "ac"; }));
    CHECK(core::chain_text(seal, "") != text);
    core::Seal shifted = seal;
    shifted.sealed_at += "\n3:dba";
    shifted.sealed_by = "";
    CHECK(core::chain_text(shifted, "cd") != text);
}
