#pragma once

#include "pg/call.hpp"

namespace pg {

// Acts as another role until the end of the scope; an error in between is
// undone by the (sub)transaction's abort.
class UserScope {
  public:
    explicit UserScope(Oid role) noexcept
    {
        GetUserIdAndSecContext(&saved_role_, &saved_context_);
        SetUserIdAndSecContext(role, saved_context_ | SECURITY_LOCAL_USERID_CHANGE | SECURITY_NOFORCE_RLS);
    }
    ~UserScope() { SetUserIdAndSecContext(saved_role_, saved_context_); }
    UserScope(const UserScope &) = delete;
    UserScope &operator=(const UserScope &) = delete;

  private:
    Oid saved_role_ = InvalidOid;
    int saved_context_ = 0;
};

// A parameter of a statement: a Datum or a null.
struct Parameter {
    Datum value = 0;
    bool null = true;

    Parameter() = default;
    explicit Parameter(Datum datum) : value(datum), null(false) {}
};

Parameter param(std::string_view text);
Parameter param(const char *) = delete;
Parameter param(std::int64_t number);
Parameter param(bool value);
inline Parameter param_oid(Oid oid) { return Parameter(ObjectIdGetDatum(oid)); }
// Null when the text is empty.
Parameter param_or_null(std::string_view text);

// A statement text with its parameter types, planned once per session.
// Everything in the text is schema-qualified, operators included.
// Use: static constinit pg::Statement find{"SELECT ... $1", {INT8OID}};
struct Statement {
    static constexpr std::size_t most = 48;
    const char *text;
    std::array<Oid, most> types;
    int count;
    SPIPlanPtr plan = nullptr;

    constexpr Statement(const char *statement, std::initializer_list<Oid> parameter_types)
        : text(statement), types{}, count(static_cast<int>(parameter_types.size()))
    {
        std::size_t i = 0;
        for (const Oid type : parameter_types) types[i++] = type;
    }
};

// Plans the statement unless it is planned.  For bodies of pg::call only.
void prepare(Statement &statement, int parameters);

// Rows of the last statement of a SpiSession; valid until its next statement.
class Rows {
  public:
    Rows(SPITupleTable *table, std::uint64_t processed) : table_(table), processed_(processed) {}

    std::uint64_t size() const { return processed_; }
    bool empty() const { return processed_ == 0; }
    // Columns count from 1, as in SPI.
    bool is_null(std::uint64_t row, int column) const { return value(row, column).null; }
    Parameter value(std::uint64_t row, int column) const;
    std::int64_t int8(std::uint64_t row, int column) const { return DatumGetInt64(value(row, column).value); }
    std::int32_t int4(std::uint64_t row, int column) const { return DatumGetInt32(value(row, column).value); }
    Oid oid(std::uint64_t row, int column) const { return DatumGetObjectId(value(row, column).value); }
    bool boolean(std::uint64_t row, int column) const { return DatumGetBool(value(row, column).value); }
    // Of text, name, jsonb and every other type by its output function; empty for null.
    std::string text(std::uint64_t row, int column) const;

  private:
    friend class SpiSession;
    SPITupleTable *table_;
    std::uint64_t processed_;
};

// Which rows a session's statements find.
enum class Sees {
    transaction,  // those of the transaction's isolation level
    committed,    // those committed by now and its own, under every isolation level, as foreign keys do
};

// SPI for the length of a scope.  Raises pg::Error on server errors.
class SpiSession {
  public:
    explicit SpiSession(Sees sees = Sees::transaction);
    ~SpiSession();
    SpiSession(const SpiSession &) = delete;
    SpiSession &operator=(const SpiSession &) = delete;

    // Reads with a fresh snapshot when the statement may write, else with the
    // one of the caller's command.
    Rows run(Statement &statement, std::initializer_list<Parameter> parameters, bool read_only = false);
    Rows query(Statement &statement, std::initializer_list<Parameter> parameters) { return run(statement, parameters, true); }
    // Frees rows before the end of the session, for those who run a statement many times.
    void release(const Rows &rows);

    // Whether a statement of the guard is running: its own reads and writes are nobody's.
    static bool any() { return open_ > 0; }

  private:
    static inline constinit int open_ = 0;
    int exceptions_at_start_;
    bool committed_;
};

}  // namespace pg
