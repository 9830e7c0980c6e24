#include "approval/arguments.hpp"

#include "approval/own_call.hpp"

#include "core/call_text.hpp"
#include "core/redact.hpp"

namespace approval {
namespace {

void require(FunctionCallInfo fcinfo, int argument, const char *name)
{
    if (PG_ARGISNULL(argument)) {
        throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, std::string(name) + " must not be null");
    }
}

std::string not_empty(std::string text, const char *name)
{
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
        throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, std::string(name) + " must not be empty");
    }
    return text;
}

// The statement of the client's that is under way: of several in one string the one that
// runs, of EXECUTE what was prepared.  In a function of others it is what called that.
std::string_view client_statement()
{
    if (debug_query_string == nullptr) return {};
    std::string_view text = debug_query_string;
    const bool own_portal = ActivePortal != nullptr && ActivePortal->sourceText == debug_query_string && list_length(ActivePortal->stmts) == 1;
    if (own_portal) {
        const auto *const statement = static_cast<const PlannedStmt *>(linitial(ActivePortal->stmts));
        text = core::own_slice(text, statement->stmt_location, statement->stmt_len);
    }
    const auto name = core::executed_name(text);
    if (!name.has_value()) return text;
    const std::string written(*name);
    const char *const quoted = written.c_str();
    const char *const prepared = pg::call([quoted]() -> const char * {
        const List *const names = textToQualifiedNameList(cstring_to_text(quoted));
        const PreparedStatement *const found = FetchPreparedStatement(strVal(linitial(names)), false);
        return found != nullptr ? found->plansource->query_string : nullptr;
    });
    return prepared != nullptr ? prepared : text;
}

}  // namespace

std::int64_t required_int8(FunctionCallInfo fcinfo, int argument, const char *name)
{
    require(fcinfo, argument, name);
    return PG_GETARG_INT64(argument);
}

std::string required_text(FunctionCallInfo fcinfo, int argument, const char *name)
{
    require(fcinfo, argument, name);
    return not_empty(pg::text_of(PG_GETARG_DATUM(argument)), name);
}

std::optional<std::string> optional_text(FunctionCallInfo fcinfo, int argument, const char *name)
{
    if (PG_ARGISNULL(argument)) return std::nullopt;
    return not_empty(pg::text_of(PG_GETARG_DATUM(argument)), name);
}

std::optional<std::vector<std::string>> optional_texts(FunctionCallInfo fcinfo, int argument, const char *name)
{
    if (PG_ARGISNULL(argument)) return std::nullopt;
    struct Elements {
        Datum *values;
        bool *nulls;
        int count;
    };
    const Datum array = PG_GETARG_DATUM(argument);
    const auto elements = pg::call([array] {
        Elements found{nullptr, nullptr, 0};
        deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &found.values, &found.nulls, &found.count);
        return found;
    });
    if (elements.count == 0) {
        throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, std::string(name) + " must not be empty", {}, "Give null for any.");
    }
    std::vector<std::string> texts;
    for (int i = 0; i < elements.count; ++i) {
        if (elements.nulls[i]) {
            throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, std::string(name) + " must not contain nulls");
        }
        std::string text = not_empty(pg::text_of(elements.values[i]), name);
        if (std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
    }
    return texts;
}

Terms required_terms(FunctionCallInfo fcinfo, int valid_for, int max_uses)
{
    require(fcinfo, valid_for, "valid_for");
    require(fcinfo, max_uses, "max_uses");
    const Datum duration = PG_GETARG_DATUM(valid_for);
    Interval none{};
    Interval longest{};
    longest.day = 30;
    if (DatumGetInt32(pg::call_function(interval_cmp, duration, IntervalPGetDatum(&none))) <= 0 ||
        DatumGetInt32(pg::call_function(interval_cmp, duration, IntervalPGetDatum(&longest))) > 0) {
        throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "valid_for must be positive and at most 30 days");
    }
    const std::int32_t uses = PG_GETARG_INT32(max_uses);
    if (uses < 1 || uses > 1000) throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "max_uses must be between 1 and 1000");
    return {duration, uses};
}

void require_own_call(const char *function)
{
    if (pg::call([] { return InLocalUserIdChange() || InSecurityRestrictedOperation(); })) {
        throw pg::GuardError(ERRCODE_INSUFFICIENT_PRIVILEGE, "approvals cannot be decided inside a security-definer function",
                             "The privilege to decide must be the session's own.", "Grant it with langchef_guard.grant_approver(role).");
    }
    if (is_own_call(std::string(client_statement()), function)) return;
    const std::string name = std::string("langchef_guard.") + function;
    throw pg::GuardError(ERRCODE_INSUFFICIENT_PRIVILEGE, "approvals cannot be decided by the code of a function, trigger or view",
                         "The statement that the client sent does not call " + name + " itself.", "Run SELECT " + name + "(...) as a statement of its own.");
}

void refuse_read_only(const char *function)
{
    pg::call([function] {
        PreventCommandIfReadOnly(function);
        PreventCommandDuringRecovery(function);
    });
}

}  // namespace approval
