#pragma once

#include <string_view>

#include "pg/call.hpp"

// Rows of the guard's own tables, written and found through the table and
// index access methods instead of SPI: no plan to keep, no privilege to
// borrow, and always the newest rows, also in a transaction whose snapshot is
// older.  Indexes, checks and triggers of the tables are honoured.
namespace ledger {

// A row to be; columns count from 1 and are null until set.
template <int Columns>
struct NewRow {
    std::array<Datum, Columns> values{};
    std::array<bool, Columns> nulls;

    NewRow() { nulls.fill(true); }

    void set(int column, Datum value)
    {
        values[static_cast<std::size_t>(column - 1)] = value;
        nulls[static_cast<std::size_t>(column - 1)] = false;
    }
    void text(int column, std::string_view value) { set(column, pg::text_datum(value)); }
    void text_or_null(int column, std::string_view value)
    {
        if (!value.empty()) text(column, value);
    }
};

// The next value of one of the guard's sequences.
std::int64_t next_id(const char *sequence);

void insert_row(Oid table, const Datum *values, const bool *nulls, int columns);
void update_row(Oid table, ItemPointerData row, const Datum *values, const bool *nulls, int columns);
void delete_row(Oid table, ItemPointerData row);

template <int Columns>
void insert_row(Oid table, const NewRow<Columns> &row)
{
    insert_row(table, row.values.data(), row.nulls.data(), Columns);
}

}  // namespace ledger
