#include "pg/spi.hpp"

namespace pg {

Parameter param(std::string_view text) { return Parameter(text_datum(text)); }

Parameter param(std::int64_t number) { return Parameter(Int64GetDatum(number)); }

Parameter param(bool value) { return Parameter(BoolGetDatum(value)); }

Parameter param_or_null(std::string_view text) { return text.empty() ? Parameter() : param(text); }

Parameter Rows::value(std::uint64_t row, int column) const
{
    const SPITupleTable *const table = table_;
    return call([=] {
        Parameter result;
        result.value = SPI_getbinval(table->vals[row], table->tupdesc, column, &result.null);
        if (SPI_result == SPI_ERROR_NOATTRIBUTE) elog(ERROR, "no column %d in result", column);
        return result;
    });
}

std::string Rows::text(std::uint64_t row, int column) const
{
    const SPITupleTable *const table = table_;
    char *const printed = call([=] { return SPI_getvalue(table->vals[row], table->tupdesc, column); });
    if (printed == nullptr) return {};
    std::string out(printed);
    call([=] { pfree(printed); });
    return out;
}

SpiSession::SpiSession(Sees sees) : exceptions_at_start_(std::uncaught_exceptions()), committed_(sees == Sees::committed)
{
    call([] {
        if (SPI_connect() != SPI_OK_CONNECT) elog(ERROR, "SPI_connect failed");
    });
    ++open_;
}

SpiSession::~SpiSession()
{
    --open_;
    // After an error the transaction's abort takes the whole SPI stack down;
    // finishing here could pop a level that is not ours.
    if (std::uncaught_exceptions() == exceptions_at_start_) SPI_finish();
}

void prepare(Statement &statement, int parameters)
{
    if (parameters != statement.count) elog(ERROR, "statement takes %d parameters, not %d", statement.count, parameters);
    if (statement.plan != nullptr) return;
    const SPIPlanPtr plan = SPI_prepare(statement.text, statement.count, statement.types.data());
    if (plan == nullptr) elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
    if (SPI_keepplan(plan) != 0) elog(ERROR, "SPI_keepplan failed");
    statement.plan = plan;
}

Rows SpiSession::run(Statement &statement, std::initializer_list<Parameter> parameters, bool read_only)
{
    struct Done {
        SPITupleTable *table;
        std::uint64_t processed;
    };
    Statement *const prepared = &statement;
    const Parameter *const given = parameters.begin();
    const auto count = static_cast<int>(parameters.size());
    const bool committed = committed_;
    const auto done = call([=] {
        prepare(*prepared, count);
        Datum values[Statement::most];
        char nulls[Statement::most];
        for (int i = 0; i < count; ++i) {
            values[i] = given[i].value;
            nulls[i] = given[i].null ? 'n' : ' ';
        }
        // SPI leaves its own context current; the caller's is to stay.
        const MemoryContext current = CurrentMemoryContext;
        int code = 0;
        if (committed) {
            CommandCounterIncrement();
            code = SPI_execute_snapshot(prepared->plan, values, nulls, GetLatestSnapshot(), InvalidSnapshot, read_only, true, 0);
        } else {
            code = SPI_execute_plan(prepared->plan, values, nulls, read_only, 0);
        }
        MemoryContextSwitchTo(current);
        if (code < 0) elog(ERROR, "SPI_execute_plan failed: %s", SPI_result_code_string(code));
        return Done{SPI_tuptable, SPI_processed};
    });
    return Rows(done.table, done.processed);
}

void SpiSession::release(const Rows &rows)
{
    SPITupleTable *const table = rows.table_;
    if (table != nullptr) call([table] { SPI_freetuptable(table); });
}

}  // namespace pg
