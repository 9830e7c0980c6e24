#pragma once

#include "pg/prelude.hpp"

namespace pg {

// A server error caught by pg::call, on its way to the next entry point.  Not a
// std::exception on purpose: a handler for library errors must not swallow it,
// since locks, pins and half-made changes stay until the transaction ends.
// The ErrorData lives in the memory context of the call and goes with it.
struct Error {
    ErrorData *data;
};

// An error of our own.  Texts follow the server's message style; detail and
// hint may be empty.  File, line and function are those of the throw: <source_location>
// would say the same, but clang 14 cannot compile the one of libstdc++.
struct GuardError {
    GuardError(int code, std::string message, std::string detail = {}, std::string hint = {},
               const char *file_name = __builtin_FILE(), int line_number = __builtin_LINE(),
               const char *function_name = __builtin_FUNCTION())
        : sqlstate(code), text(std::move(message)), detail_text(std::move(detail)), hint_text(std::move(hint)),
          file(file_name), function(function_name), line(line_number)
    {
    }

    int sqlstate;
    std::string text;
    std::string detail_text;
    std::string hint_text;
    const char *file;
    const char *function;
    int line;
};

// What is left of an exception once every C++ frame is gone.
struct ErrorReport {
    ErrorData *server;
    int sqlstate;
    const char *message;
    const char *detail;
    const char *hint;
    const char *file;
    const char *function;
    int line;
};
static_assert(std::is_trivially_destructible_v<ErrorReport>);

// Turns the exception being handled into plain data; allocates in CurrentMemoryContext
// without raising.  Called from a catch block only.
void capture_exception(ErrorReport &report) noexcept;

// Raises the report as a server error.  No object with a destructor may be
// alive in any frame up to the server's sigsetjmp.
[[noreturn]] void raise(const ErrorReport &report);

// Calls body(argument) with server errors caught.  Returns null, or the error,
// copied into the memory context current at the call, which is restored.
ErrorData *run_protected(void (*body)(void *), void *argument);

namespace sqlstate {
constexpr int approval_required = MAKE_SQLSTATE('L', 'G', '0', '0', '1');
constexpr int token_not_valid = MAKE_SQLSTATE('L', 'G', '0', '0', '2');
constexpr int guard_protected = MAKE_SQLSTATE('L', 'G', '0', '0', '3');
constexpr int drift_found = MAKE_SQLSTATE('L', 'G', '0', '0', '4');
constexpr int ledger_altered = MAKE_SQLSTATE('L', 'G', '0', '0', '5');
constexpr int denied = MAKE_SQLSTATE('L', 'G', '0', '0', '6');
}  // namespace sqlstate

}  // namespace pg
