#pragma once

#include <optional>
#include <string_view>

#include "core/snapshot.hpp"
#include "pg/call.hpp"

namespace drift {

// The lines of a snapshot document, wherever it stands.
class LineSource {
  public:
    virtual ~LineSource() = default;
    // Null after the last line; valid until the next call.
    virtual std::optional<std::string_view> next() = 0;
    // Of the line that next() returned, from 1; of a table's row, by the order in which they are stored.
    virtual std::int64_t number() const = 0;
};

// In one text.
class TextLines final : public LineSource {
  public:
    explicit TextLines(std::string_view document) : lines_(document) {}
    std::optional<std::string_view> next() override { return lines_.next(); }
    std::int64_t number() const override { return lines_.number(); }

  private:
    core::Lines lines_;
};

// In the column "line" of a table, one per row, in whatever order: loaded rows are stored where there was room.  The
// header comes first, and facts in the order of their ids.  It is read without running anything that belongs to the
// table; raises unless the role may read all of it.
class TableLines final : public LineSource {
  public:
    TableLines(Oid table, Oid role);
    ~TableLines() override;
    TableLines(const TableLines &) = delete;
    TableLines &operator=(const TableLines &) = delete;

    std::optional<std::string_view> next() override;
    std::int64_t number() const override { return number_; }

  private:
    std::string_view line_in_slot();
    void put_in_order();
    void add(std::string_view line, std::int64_t number);

    int exceptions_at_start_;
    MemoryContext context_ = nullptr;  // of one line
    Relation relation_ = nullptr;
    AttrNumber column_ = 0;
    Snapshot snapshot_ = nullptr;
    TupleTableSlot *slot_ = nullptr;
    Tuplesortstate *sort_ = nullptr;
    TupleTableSlot *place_ = nullptr;
    TupleTableSlot *row_ = nullptr;
    std::int64_t number_ = 0;
};

}  // namespace drift
