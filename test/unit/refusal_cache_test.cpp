#include <doctest/doctest.h>

#include "core/refusal_cache.hpp"

using core::RefusalCache;

namespace {

constexpr RefusalCache::Microseconds start = 1'000'000'000;
constexpr RefusalCache::Microseconds millisecond = 1000;

RefusalCache::Digest digest(std::uint8_t number)
{
    RefusalCache::Digest made{};
    made[0] = number;
    return made;
}

// As a session does it; returns whether a worker was paid.
bool refuse(RefusalCache &cache, std::uint8_t number, RefusalCache::Microseconds now, std::int64_t proposal = 1)
{
    RefusalCache::Entry &entry = cache.find(digest(number), 10);
    if (RefusalCache::only_count(entry, now)) return false;
    RefusalCache::filed(entry, proposal, false, now);
    return true;
}

}  // namespace

TEST_CASE("the first eight in a row are filed, then one in a second")
{
    RefusalCache cache;
    RefusalCache::Microseconds now = start;
    for (int i = 0; i < RefusalCache::paid_in_full; ++i) CHECK(refuse(cache, 1, now += millisecond));
    int filed = 0;
    for (int i = 0; i < 3000; ++i) filed += refuse(cache, 1, now += millisecond) ? 1 : 0;
    CHECK(filed == 3);
}

TEST_CASE("every refusal is counted once")
{
    RefusalCache cache;
    RefusalCache::Microseconds now = start;
    std::int64_t written = 0;
    for (int i = 0; i < 5000; ++i) {
        RefusalCache::Entry &entry = cache.find(digest(1), 10);
        if (RefusalCache::only_count(entry, now += millisecond)) continue;
        written += 1 + entry.counted;
        RefusalCache::filed(entry, 1, false, now);
    }
    CHECK(written + cache.find(digest(1), 10).counted == 5000);
}

TEST_CASE("a pause starts the row anew")
{
    RefusalCache cache;
    RefusalCache::Microseconds now = start;
    for (int i = 0; i < RefusalCache::paid_in_full; ++i) refuse(cache, 1, now += millisecond);
    CHECK_FALSE(refuse(cache, 1, now += millisecond));
    now += RefusalCache::pause;
    for (int i = 0; i < RefusalCache::paid_in_full; ++i) CHECK(refuse(cache, 1, now += millisecond));
    CHECK_FALSE(refuse(cache, 1, now += millisecond));
}

TEST_CASE("a clock set back files instead of waiting")
{
    RefusalCache cache;
    RefusalCache::Microseconds now = start;
    for (int i = 0; i < RefusalCache::paid_in_full; ++i) refuse(cache, 1, now += millisecond);
    CHECK(refuse(cache, 1, start - 1));
}

TEST_CASE("what could not be filed stays counted")
{
    RefusalCache cache;
    CHECK(refuse(cache, 1, start, 0));
    CHECK(cache.find(digest(1), 10).counted == 1);
    CHECK(cache.find(digest(1), 10).proposal == 0);
    CHECK(refuse(cache, 1, start + millisecond, 5));
    CHECK(cache.find(digest(1), 10).counted == 0);
}

TEST_CASE("another command or role has its own entry")
{
    RefusalCache cache;
    refuse(cache, 1, start, 11);
    CHECK(cache.find(digest(1), 10).proposal == 11);
    CHECK(cache.find(digest(2), 10).proposal == 0);
    CHECK(cache.find(digest(1), 11).proposal == 0);
}

TEST_CASE("counts of other commands travel with the next filing")
{
    RefusalCache cache;
    RefusalCache::Microseconds now = start;
    for (int i = 0; i < RefusalCache::paid_in_full + 5; ++i) refuse(cache, 1, now += millisecond, 11);
    RefusalCache::Entry &other = cache.find(digest(2), 10);
    CHECK_FALSE(RefusalCache::only_count(other, now));
    const auto counted = cache.counted_elsewhere(other);
    REQUIRE(counted.size() == 1);
    CHECK(counted[0].proposal == 11);
    CHECK(counted[0].attempts == 5);
    RefusalCache::filed(other, 12, false, now);
    cache.forget_counted(other);
    CHECK(cache.find(digest(1), 10).counted == 0);
}

TEST_CASE("tokens that are none are counted with the attempts, and once")
{
    RefusalCache cache;
    RefusalCache::Microseconds now = start;
    std::int64_t written = 0;
    for (int i = 0; i < 5000; ++i) {
        RefusalCache::Entry &entry = cache.find(digest(1), 10);
        entry.guesses += 2;
        if (RefusalCache::only_count(entry, now += millisecond)) continue;
        const bool fails = i % 3 == 0;
        if (!fails) written += entry.guesses;
        RefusalCache::filed(entry, fails ? 0 : 1, false, now);
    }
    CHECK(written + cache.find(digest(1), 10).guesses == 10000);
    RefusalCache::Entry &first = cache.find(digest(1), 10);
    RefusalCache::filed(first, 1, false, now);
    first.guesses += 7;
    CHECK(RefusalCache::only_count(first, now));
    RefusalCache::Entry &other = cache.find(digest(2), 10);
    REQUIRE(cache.counted_elsewhere(other).size() == 1);
    CHECK(cache.counted_elsewhere(other)[0].invalid_tokens == 7);
    cache.forget_counted(other);
    CHECK(cache.find(digest(1), 10).guesses == 0);
}

TEST_CASE("the least recently refused entry gives way")
{
    RefusalCache cache;
    RefusalCache::Microseconds now = start;
    for (std::uint8_t i = 0; i < RefusalCache::size; ++i) refuse(cache, i, now += millisecond, i + 1);
    refuse(cache, 0, now += millisecond, 1);
    refuse(cache, 100, now += millisecond, 101);
    CHECK(cache.find(digest(0), 10).proposal == 1);
    CHECK(cache.find(digest(2), 10).proposal == 3);
    CHECK(cache.find(digest(100), 10).proposal == 101);
}
