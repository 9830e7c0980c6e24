#pragma once

#include "pg/error.hpp"

namespace pg {

// Runs a body that calls the server.  A server error becomes pg::Error.
// The body is C in spirit: it may hold only trivially destructible locals and
// returns nothing or a trivially copyable value, because an error jumps out of
// it without running destructors.  It must not throw.
template <typename Body>
auto call(Body &&body) -> std::invoke_result_t<Body &>
{
    using Result = std::invoke_result_t<Body &>;
    if constexpr (std::is_void_v<Result>) {
        auto run = [](void *argument) { (*static_cast<std::remove_reference_t<Body> *>(argument))(); };
        if (ErrorData *caught = run_protected(run, &body)) throw Error{caught};
    } else {
        static_assert(std::is_trivially_copyable_v<Result> && std::is_trivially_destructible_v<Result>);
        struct Frame {
            std::remove_reference_t<Body> *body;
            Result result;
        } frame{&body, Result{}};
        auto run = [](void *argument) {
            auto *const inside = static_cast<Frame *>(argument);
            inside->result = (*inside->body)();
        };
        if (ErrorData *caught = run_protected(run, &frame)) throw Error{caught};
        return frame.result;
    }
}

// Copies of server text.  A null pointer is an empty string.
inline std::string text_of(const char *text) { return text != nullptr ? std::string(text) : std::string(); }
std::string text_of(Datum text_datum);

// The longest beginning of at most `limit` bytes that ends between two characters of the database encoding.
std::string_view clip(std::string_view text, std::size_t limit);

// A palloc'd, zero-terminated copy in the current context; raises pg::Error when out of memory.
char *server_string(std::string_view text);
Datum text_datum(std::string_view text);

// Calls a function of SQL by its C entry, arguments never null; a null result raises.
template <typename... Arguments>
Datum call_function(PGFunction function, Arguments... arguments)
{
    return call([=] {
        constexpr short count = sizeof...(Arguments);
        LOCAL_FCINFO(info, count > 0 ? count : 1);
        InitFunctionCallInfoData(*info, nullptr, count, DEFAULT_COLLATION_OID, nullptr, nullptr);
        short i = 0;
        ((info->args[i].value = arguments, info->args[i].isnull = false, ++i), ...);
        const Datum result = function(info);
        if (info->isnull) elog(ERROR, "function returned null");
        return result;
    });
}

}  // namespace pg
