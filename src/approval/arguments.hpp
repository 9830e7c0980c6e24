#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pg/call.hpp"

namespace approval {

// Arguments of the functions of this directory, counted from 0.  A null where
// a value is needed raises 22004, an unusable value 22023; `name` is the
// parameter's.

std::int64_t required_int8(FunctionCallInfo fcinfo, int argument, const char *name);
std::string required_text(FunctionCallInfo fcinfo, int argument, const char *name);
// Null stays null; an empty text is an error.
std::optional<std::string> optional_text(FunctionCallInfo fcinfo, int argument, const char *name);
// Null stands for "any"; an empty array, a null or empty element is an error.
std::optional<std::vector<std::string>> optional_texts(FunctionCallInfo fcinfo, int argument, const char *name);

// How long and how often an approval may be used.
struct Terms {
    Datum valid_for;  // interval, positive and at most 30 days
    std::int32_t max_uses;  // 1 to 1000
};
Terms required_terms(FunctionCallInfo fcinfo, int valid_for, int max_uses);

// Decisions are the session's own: raises 42501 inside a security-definer
// function, where the privilege checked would be its owner's, and where the
// statement that the client sent does not call the function itself: what a
// view, a trigger or a function of somebody else does when an approver comes
// along is not his decision.
void require_own_call(const char *function);

// Raises 25006 in a read-only transaction, as the server does for its own commands.
void refuse_read_only(const char *function);

}  // namespace approval
