#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/drift.hpp"

#include "drift/live_facts.hpp"
#include "drift/owner_session.hpp"

namespace drift {

// What objects that were changed since were before, by fact id in UTF-8; null for what was not there.
using Earlier = std::map<std::string, std::optional<core::Fact>, std::less<>>;

// Reads the ledger backwards to a time.  Raises where it does not reach back to it, or it has not come yet.
Earlier earlier_facts(OwnerSession &session, TimestampTz at);

// The facts of this database as they were.
class PastFacts final : public core::FactSource {
  public:
    PastFacts(LiveFacts &live, const Earlier &earlier);

    bool next() override;
    std::string_view key() const override { return key_; }
    std::string_view digest() const override { return digest_; }
    core::Fact fact() const override;
    std::string_view canonical() const { return canonical_; }
    bool rewind() override;

  private:
    bool next_live();
    bool next_earlier();
    bool is_of_later_extension(const core::Fact &fact) const;

    LiveFacts &live_;
    const Earlier &earlier_;
    std::set<std::string> later_extensions_;  // not there then
    std::set<std::string> later_members_;     // their members
    Earlier::const_iterator at_;
    bool in_live_ = false;
    bool live_read_ = false;
    bool from_live_ = false;
    std::string key_;
    std::string canonical_;
    std::string digest_;
};

}  // namespace drift
