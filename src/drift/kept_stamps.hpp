#pragma once

#include "catalog/stamps.hpp"
#include "drift/expected_schema.hpp"

namespace drift {

// What the last comparison with an expected schema found, by the stamps of the catalog rows it was
// read from; in a table of the extension, so that it comes and goes with the transactions it tells of.
class KeptStamps {
  public:
    // Reads it.  Empty where it cannot be believed: of another cluster, database, version, build,
    // registration or other options, older than transaction numbers last, or since the system's own objects changed.
    KeptStamps(OwnerSession &session, const ExpectedSchema &schema, const std::string &options, const catalog::Stamps &stamps);

    bool believed() const { return believed_; }
    const std::vector<core::StampRecord> &records() const { return records_; }

    // Writes what takes its place, unless nothing changed; nothing where nothing may be written, and
    // nothing when another session is at it or was since, for what it wrote may be of another moment.
    void replace(std::vector<core::StampRecord> &&records);

  private:
    void load();
    void write(const std::vector<core::StampRecord> &records);
    std::size_t part_of(const core::StampRecord &record) const;

    OwnerSession &session_;
    const ExpectedSchema &schema_;
    std::string basis_;
    std::string header_;  // as it was read
    std::int64_t generation_ = 0;
    std::size_t parts_ = 0;
    bool believed_ = false;
    std::vector<core::StampRecord> records_;
};

}  // namespace drift
