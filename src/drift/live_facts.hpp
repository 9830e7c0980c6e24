#pragma once

#include "core/drift.hpp"

#include "catalog/coverage.hpp"
#include "pg/call.hpp"

namespace drift {

// The facts of this database as its catalogs hold them, read and sorted when
// constructed; beyond maintenance_work_mem they are on disk.
class LiveFacts final : public core::FactSource {
  public:
    LiveFacts();
    ~LiveFacts() override;
    LiveFacts(const LiveFacts &) = delete;
    LiveFacts &operator=(const LiveFacts &) = delete;

    bool next() override;
    std::string_view key() const override { return key_; }
    std::string_view digest() const override { return digest_; }
    core::Fact fact() const override;
    // What the digest is taken over.
    std::string_view canonical() const { return canonical_; }
    bool rewind() override;
    // Objects of the catalogs that no fact is about.
    std::vector<catalog::Gap> gaps() { return catalog::find_gaps(captured_, horizon_); }

  private:
    void add(const core::Fact &fact);

    int exceptions_at_start_;
    std::uint32_t horizon_;
    std::vector<core::Address> captured_;  // objects that have facts, parts left out
    Tuplesortstate *sort_ = nullptr;
    TupleTableSlot *in_ = nullptr;
    TupleTableSlot *out_ = nullptr;
    // Into the current tuple of the sort.
    std::string_view key_;
    std::string_view canonical_;
    std::string_view digest_;
};

}  // namespace drift
