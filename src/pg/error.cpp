#include "pg/error.hpp"

#include <new>

namespace pg {
namespace {

char *copy_text(std::string_view text) noexcept
{
    if (text.empty()) return nullptr;
    auto *copy = static_cast<char *>(
        MemoryContextAllocExtended(CurrentMemoryContext, text.size() + 1, MCXT_ALLOC_NO_OOM | MCXT_ALLOC_HUGE));
    if (copy == nullptr) return nullptr;
    std::memcpy(copy, text.data(), text.size());
    copy[text.size()] = '\0';
    return copy;
}

// Copying the error can itself run out of memory; then this stands for it.
ErrorData *out_of_memory_error() noexcept
{
    static constinit ErrorData data{};
    data.elevel = ERROR;
    data.sqlerrcode = ERRCODE_OUT_OF_MEMORY;
    return &data;
}

ErrorData *copy_caught_error()
{
    sigjmp_buf *const outer = PG_exception_stack;
    sigjmp_buf here;
    ErrorData *volatile copied = nullptr;
    if (sigsetjmp(here, 0) == 0) {
        PG_exception_stack = &here;
        copied = CopyErrorData();
    }
    PG_exception_stack = outer;
    FlushErrorState();
    return copied != nullptr ? copied : out_of_memory_error();
}

}  // namespace

[[gnu::noinline]] ErrorData *run_protected(void (*body)(void *), void *argument)
{
    sigjmp_buf *const outer_stack = PG_exception_stack;
    ErrorContextCallback *const outer_callbacks = error_context_stack;
    const MemoryContext outer_context = CurrentMemoryContext;
    sigjmp_buf here;
    if (sigsetjmp(here, 0) == 0) {
        PG_exception_stack = &here;
        body(argument);
        PG_exception_stack = outer_stack;
        return nullptr;
    }
    PG_exception_stack = outer_stack;
    error_context_stack = outer_callbacks;
    MemoryContextSwitchTo(outer_context);
    return copy_caught_error();
}

void capture_exception(ErrorReport &report) noexcept
{
    report = ErrorReport{};
    report.sqlstate = ERRCODE_INTERNAL_ERROR;
    try {
        throw;
    } catch (const Error &error) {
        report.server = error.data;
    } catch (const GuardError &error) {
        report.sqlstate = error.sqlstate;
        report.message = copy_text(error.text);
        report.detail = copy_text(error.detail_text);
        report.hint = copy_text(error.hint_text);
        report.file = error.file;
        report.function = error.function;
        report.line = error.line;
    } catch (const std::bad_alloc &) {
        report.sqlstate = ERRCODE_OUT_OF_MEMORY;
        report.message = "out of memory";
    } catch (const std::exception &error) {
        report.message = copy_text(error.what());
    } catch (...) {
        report.message = "unrecognized exception in langchef_guard";
    }
}

// The server logs the text of a failing statement; a token in it would stay in the log.
static bool statement_holds_token() { return debug_query_string != nullptr && std::strstr(debug_query_string, "lcg_") != nullptr; }

void raise(const ErrorReport &report)
{
    if (report.server != nullptr && report.server->message != nullptr) {
        report.server->hide_stmt = report.server->hide_stmt || statement_holds_token();
        ReThrowError(report.server);
    }
    const int code = report.server != nullptr ? report.server->sqlerrcode : report.sqlstate;
    if (errstart(ERROR, TEXTDOMAIN)) {
        errcode(code);
        errmsg_internal("%s", report.message != nullptr ? report.message : "out of memory");
        if (report.detail != nullptr) errdetail_internal("%s", report.detail);
        if (report.hint != nullptr) errhint("%s", report.hint);
        errhidestmt(statement_holds_token());
        errfinish(report.file, report.line, report.function);
    }
    pg_unreachable();
}

}  // namespace pg
