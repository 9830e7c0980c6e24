#pragma once

#include <optional>

#include "core/renames.hpp"
#include "drift/expected_schema.hpp"
#include "pg/cursor.hpp"

namespace drift {

// The facts of a registered schema.  The session outlives it.
class ExpectedFacts final : public core::ExpectedSource {
  public:
    // All of them, or those with the numbers given, which are in ascending order and outlive it.
    ExpectedFacts(OwnerSession &session, const std::string &name, const std::vector<std::int32_t> *numbers = nullptr);

    bool next() override;
    std::string_view key() const override { return key_; }
    std::string_view digest() const override { return digest_; }
    core::Fact fact() const override { return fact_at(place()); }
    bool rewind() override;
    std::string_view id() const override { return id_; }
    std::uint64_t place() const override;
    core::Fact fact_at(std::uint64_t place) const override;
    // Its place among the facts of the schema, from 1.
    std::int32_t number() const { return number_; }

  private:
    void open();

    OwnerSession &session_;
    std::string name_;
    const std::vector<std::int32_t> *numbers_;
    std::optional<pg::Cursor> cursor_;
    pg::Rows batch_;
    std::uint64_t row_ = 0;
    std::string id_;
    std::string key_;
    std::string digest_;
    std::int32_t number_ = 0;
};

}  // namespace drift
