#include "pg/cursor.hpp"

namespace pg {

Cursor::Cursor(Statement &statement, std::initializer_list<Parameter> parameters)
    : exceptions_at_start_(std::uncaught_exceptions()), portal_(nullptr)
{
    Statement *const prepared = &statement;
    const Parameter *const given = parameters.begin();
    const auto count = static_cast<int>(parameters.size());
    portal_ = call([=] {
        prepare(*prepared, count);
        Datum values[Statement::most];
        char nulls[Statement::most];
        for (int i = 0; i < count; ++i) {
            values[i] = given[i].value;
            nulls[i] = given[i].null ? 'n' : ' ';
        }
        // SPI leaves its own context current; the caller's is to stay.
        const MemoryContext current = CurrentMemoryContext;
        const Portal opened = SPI_cursor_open(nullptr, prepared->plan, values, nulls, true);
        MemoryContextSwitchTo(current);
        return opened;
    });
}

Cursor::~Cursor()
{
    // After an error the transaction's abort closes it.
    if (std::uncaught_exceptions() == exceptions_at_start_) SPI_cursor_close(portal_);
}

Rows Cursor::fetch(long count)
{
    struct Batch {
        SPITupleTable *table;
        std::uint64_t rows;
    };
    const Portal portal = portal_;
    SPITupleTable *const before = batch_;
    const auto batch = call([=] {
        if (before != nullptr) SPI_freetuptable(before);
        const MemoryContext current = CurrentMemoryContext;
        SPI_cursor_fetch(portal, true, count);
        MemoryContextSwitchTo(current);
        return Batch{SPI_tuptable, SPI_processed};
    });
    batch_ = batch.table;
    return Rows(batch.table, batch.rows);
}

}  // namespace pg
