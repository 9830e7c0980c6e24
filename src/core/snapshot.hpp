#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/fact.hpp"

namespace core {

// The snapshot document: lines of JSON, the header, then one per fact in byte
// order of their ids.  Equal schemas give equal bytes, so nothing of time and
// place stands in it.
constexpr int snapshot_format = 1;

struct SnapshotHeader {
    std::int64_t server_version_num = 0;
    std::string encoding;
    std::int64_t facts = 0;
    std::string digest;  // over the digests of all facts, each followed by a newline
};

struct SnapshotFact {
    Fact fact;
    std::string digest;
};

// A line that a snapshot document cannot have; what() as of JsonError.
struct SnapshotError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// A document of a later format than this one.
struct SnapshotTooNew : std::runtime_error {
    explicit SnapshotTooNew(std::int64_t given) : std::runtime_error("snapshot format is too new"), format(given) {}
    std::int64_t format;
};

// Canonical text of a fact: its digest is taken over this, in UTF-8.
std::string canonical_text(const Fact &fact);

// The members of a fact's canonical text; payload is the JSON as it stands there.
struct CanonicalParts {
    std::string id;
    std::string kind;
    std::string parent;
    std::string_view payload;
};
CanonicalParts split_canonical(std::string_view canonical);

std::string header_line(const SnapshotHeader &header);
// From canonical_text and its digest.
std::string fact_line(std::string_view canonical, std::string_view digest);

// Raise SnapshotError, SnapshotTooNew or JsonError.
SnapshotHeader read_header(std::string_view line);
SnapshotFact read_fact_line(std::string_view line, bool unicode);
// The id of the fact that the line is of, without a look at the rest; empty where there is none.  No fault of the line is an error here.
std::string id_in_line(std::string_view line, bool unicode);

// The lines of a document, without their newlines; blank ones are counted, but
// left out: quoting a file in SQL puts one before it.
class Lines {
  public:
    explicit Lines(std::string_view document) : rest_(document) {}
    // Null after the last line.
    std::optional<std::string_view> next();
    std::int64_t number() const { return number_; }

  private:
    std::string_view rest_;
    std::int64_t number_ = 0;
};

}  // namespace core
