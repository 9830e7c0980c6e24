#pragma once

#include "core/drift.hpp"
#include "drift/expected_schema.hpp"
#include "pg/cursor.hpp"

namespace drift {

// The facts of a registered schema.  The session outlives it.
class ExpectedFacts final : public core::FactSource {
  public:
    ExpectedFacts(OwnerSession &session, const std::string &name);

    bool next() override;
    std::string_view key() const override { return key_; }
    std::string_view digest() const override { return digest_; }
    core::Fact fact() const override;

  private:
    OwnerSession &session_;
    pg::Cursor cursor_;
    pg::Rows batch_;
    std::uint64_t row_ = 0;
    std::string id_;
    std::string key_;
    std::string digest_;
};

}  // namespace drift
