#pragma once

#include "core/drift.hpp"

#include "catalog/coverage.hpp"
#include "catalog/stamps.hpp"
#include "pg/crypto.hpp"

namespace drift {

// What to read of a database.
//   objects  null for all; else these, and what is read every time
//   stamps   when given, each fact knows the group of the object that it was read from
//   system   whether to read what is told of the system's own objects
struct Reading {
    const std::vector<core::Address> *objects = nullptr;
    const catalog::Stamps *stamps = nullptr;
    bool system = true;
};

// The facts of this database as its catalogs hold them, read and sorted when
// constructed; beyond some memory they are on disk.
class LiveFacts final : public core::FactSource {
  public:
    // Groups of what is no object with rows in the catalogs of this database alone.
    static constexpr std::uint32_t environment = catalog::Stamps::no_group;
    static constexpr std::uint32_t system = catalog::Stamps::no_group - 1;

    explicit LiveFacts(const Reading &reading = {});
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
    std::uint32_t group() const { return group_; }
    // Objects of the catalogs that no fact is about, when all were read.  To "unsettled" go these and all else whose
    // stamps do not tell whether it is as it was.
    std::vector<catalog::Gap> gaps(std::vector<core::Address> *unsettled = nullptr)
    {
        auto found = catalog::find_gaps(captured_, horizon_, unsettled);
        if (unsettled != nullptr) unsettled->insert(unsettled->end(), restless_.begin(), restless_.end());
        return found;
    }
    // The same among the objects read, and others that are known to be described.
    std::vector<catalog::Gap> gaps_among(const std::vector<core::Address> &objects, const catalog::Stamps &stamps,
                                         const std::vector<char> &settled, std::vector<core::Address> &unsettled)
    {
        auto found = catalog::find_gaps_among(objects, captured_, horizon_, stamps, settled, unsettled);
        unsettled.insert(unsettled.end(), restless_.begin(), restless_.end());
        return found;
    }

  private:
    void begin();
    void read(const Reading &reading);
    void add(const core::Fact &fact, std::uint32_t group);

    int exceptions_at_start_;
    std::uint32_t horizon_;
    std::vector<core::Address> captured_;  // objects that have facts, parts left out
    std::vector<core::Address> restless_;  // of facts that show objects they are not known to depend on
    pg::Sha256Stream hash_;
    Tuplesortstate *sort_ = nullptr;
    TupleTableSlot *in_ = nullptr;
    TupleTableSlot *out_ = nullptr;
    // Into the current tuple of the sort.
    std::string_view key_;
    std::string_view canonical_;
    std::string_view digest_;
    std::uint32_t group_ = environment;
};

}  // namespace drift
