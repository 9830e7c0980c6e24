#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/lexeme.hpp"

namespace core {

// A statement of a script, without the comments before it and the semicolon after it.
struct ScriptStatement {
    std::string_view text;
    std::int64_t line = 0;  // of its first word, from 1
};

// What a script may not hold; what() is a clause without capital and full stop.
struct ScriptError : std::runtime_error {
    ScriptError(const std::string &problem, std::int64_t at, const char *advice = "") : std::runtime_error(problem), line(at), hint(advice) {}
    std::int64_t line;
    const char *hint;
};

// SQL as psql reads it from a file, one statement after the other: a semicolon ends one unless it stands
// in parentheses or in the body of an SQL-standard function.  \restrict and \unrestrict, which pg_dump
// writes, mean nothing here; every other command of psql is an error.  COPY ... FROM stdin is passed over with its
// data.
class Script {
  public:
    explicit Script(std::string_view text);

    // Null at the end; raises ScriptError.  The setting standard_conforming_strings may change on the way.
    std::optional<ScriptStatement> next(Backslash meaning = Backslash::ordinary);

  private:
    struct Reading;

    void skip_blanks();
    void skip_psql_command();
    void skip_copied_data(std::int64_t line);
    std::string_view rest_of_line() const;
    // Goes to a place further on, counting lines.
    void go_to(std::size_t place);

    std::string_view text_;
    std::size_t at_ = 0;
    std::int64_t line_ = 1;
};

// Line and column, both from 1, of a character of a text that starts on the line; the column counts bytes of other
// encodings than UTF-8.
struct Place {
    std::int64_t line;
    std::int64_t column;
};
Place place_of(std::string_view text, std::int64_t first_line, std::size_t character);

}  // namespace core
