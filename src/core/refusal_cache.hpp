#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/worker_message.hpp"

namespace core {

// Equal refusals in quick succession: the first few are each filed by a
// worker, further ones are counted here and added by the next worker.  A
// fixed number of entries, the least recently refused one gives way.  Plain
// data, so that a session of any length keeps its size.
class RefusalCache {
  public:
    using Digest = std::array<std::uint8_t, 32>;
    using Microseconds = std::int64_t;

    static constexpr std::size_t size = 16;
    static constexpr int paid_in_full = 8;
    static constexpr Microseconds pause = 1'000'000;

    struct Entry {
        Digest digest{};
        std::uint32_t role = 0;
        std::int64_t proposal = 0;  // 0 when the last try failed
        bool approved = false;      // status of the proposal when last filed
        bool used = false;
        int in_a_row = 0;           // filings without a pause in between
        std::int64_t counted = 0;   // attempts the database does not know of
        std::int64_t guesses = 0;   // and tokens presented with them that are none
        Microseconds filed_at = 0;
        Microseconds refused_at = 0;
    };

    // The entry of this refusal, made when there is none.
    constexpr Entry &find(const Digest &digest, std::uint32_t role)
    {
        Entry *oldest = &entries_[0];
        for (Entry &entry : entries_) {
            if (entry.used && entry.role == role && entry.digest == digest) return entry;
            if (!entry.used ? oldest->used : (oldest->used && entry.refused_at < oldest->refused_at)) oldest = &entry;
        }
        *oldest = Entry{};
        oldest->used = true;
        oldest->digest = digest;
        oldest->role = role;
        return *oldest;
    }

    // Whether this refusal is only to be counted; otherwise it is to be filed.
    static constexpr bool only_count(Entry &entry, Microseconds now)
    {
        if (now - entry.refused_at >= pause || now < entry.refused_at) entry.in_a_row = 0;
        entry.refused_at = now;
        if (entry.in_a_row < paid_in_full || now - entry.filed_at >= pause || now < entry.filed_at) return false;
        ++entry.counted;
        return true;
    }

    // After a try to file; what could not be filed stays counted.
    static constexpr void filed(Entry &entry, std::int64_t proposal, bool approved, Microseconds now)
    {
        entry.proposal = proposal;
        entry.approved = approved;
        entry.counted = proposal != 0 ? 0 : entry.counted + 1;
        if (proposal != 0) entry.guesses = 0;
        entry.in_a_row = entry.in_a_row < paid_in_full ? entry.in_a_row + 1 : paid_in_full;
        entry.filed_at = now;
        entry.refused_at = now;
    }

    // What a worker that files this entry can add to other proposals.
    std::vector<CountedAttempts> counted_elsewhere(const Entry &filing) const
    {
        std::vector<CountedAttempts> counted;
        for (const Entry &entry : entries_) {
            if (&entry != &filing && entry.used && entry.proposal != 0 && entry.counted > 0) {
                counted.push_back({entry.proposal, entry.counted, entry.guesses});
            }
        }
        return counted;
    }

    // After the worker did.
    constexpr void forget_counted(const Entry &filing)
    {
        for (Entry &entry : entries_) {
            if (&entry == &filing || entry.proposal == 0) continue;
            entry.counted = 0;
            entry.guesses = 0;
        }
    }

  private:
    std::array<Entry, size> entries_{};
};

}  // namespace core
