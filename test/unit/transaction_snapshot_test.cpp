#include <doctest/doctest.h>

#include "core/transaction_snapshot.hpp"

TEST_CASE("a snapshot sees what was over")
{
    const core::TransactionSnapshot snapshot("10:20:10,14,15");
    CHECK(snapshot.sees(3));
    CHECK_FALSE(snapshot.sees(10));
    CHECK(snapshot.sees(11));
    CHECK_FALSE(snapshot.sees(14));
    CHECK_FALSE(snapshot.sees(15));
    CHECK(snapshot.sees(19));
    CHECK_FALSE(snapshot.sees(20));
    CHECK_FALSE(snapshot.sees(21));
}

TEST_CASE("with nothing running")
{
    const core::TransactionSnapshot snapshot("7:7:");
    CHECK(snapshot.sees(6));
    CHECK_FALSE(snapshot.sees(7));
}

TEST_CASE("numbers beyond 32 bits")
{
    const core::TransactionSnapshot snapshot("4294967300:4294967310:4294967305");
    CHECK(snapshot.sees(4294967304));
    CHECK_FALSE(snapshot.sees(4294967305));
}

TEST_CASE("a text that is no snapshot sees nothing")
{
    for (const char *const text : {"", ":", "a:b:c", "5"}) {
        const core::TransactionSnapshot snapshot(text);
        CHECK_FALSE(snapshot.sees(1));
    }
}
