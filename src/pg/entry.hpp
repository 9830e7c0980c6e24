#pragma once

#include "pg/call.hpp"
#include "pg/debug_point.hpp"

namespace pg {

template <typename Body>
bool run_entry(Body &body, ErrorReport &report) noexcept
{
    try {
        body();
        return true;
    } catch (...) {
        capture_exception(report);
    }
    return false;
}

// The way in from the server: runs a C++ body, and when it throws, raises the
// error after every C++ frame below is gone.  Returns the body's (plain) value.
template <typename Body>
auto guarded(Body &&body) -> std::invoke_result_t<Body &>
{
    using Result = std::invoke_result_t<Body &>;
    static_assert(std::is_trivially_destructible_v<std::remove_reference_t<Body>>);
    ErrorReport report;
    if constexpr (std::is_void_v<Result>) {
        if (!run_entry(body, report)) raise(report);
    } else {
        static_assert(std::is_trivially_copyable_v<Result> && std::is_trivially_destructible_v<Result>);
        Result result{};
        auto keep = [&body, &result] { result = body(); };
        if (!run_entry(keep, report)) raise(report);
        return result;
    }
}

}  // namespace pg

// Defines the C entry of a SQL function.  The body sees fcinfo, returns Datum,
// and may throw pg::Error, pg::GuardError or any std::exception.
#define LCG_FUNCTION(name)                                                                         \
    extern "C" {                                                                                   \
    PGDLLEXPORT Datum name(PG_FUNCTION_ARGS);                                                      \
    PG_FUNCTION_INFO_V1(name);                                                                     \
    }                                                                                              \
    static Datum name##_body(FunctionCallInfo fcinfo);                                             \
    extern "C" Datum name(PG_FUNCTION_ARGS)                                                        \
    {                                                                                              \
        return pg::guarded([fcinfo] {                                                              \
            pg::debug_point(#name);                                                                \
            return name##_body(fcinfo);                                                            \
        });                                                                                        \
    }                                                                                              \
    static Datum name##_body([[maybe_unused]] FunctionCallInfo fcinfo)
