#include "drift/arguments.hpp"

namespace drift {

std::optional<std::string> optional_argument(FunctionCallInfo fcinfo, int argument)
{
    if (PG_ARGISNULL(argument)) return std::nullopt;
    return pg::text_of(PG_GETARG_DATUM(argument));
}

std::string required_reason(FunctionCallInfo fcinfo, int argument)
{
    auto reason = optional_argument(fcinfo, argument);
    if (!reason) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, "reason must not be null");
    if (reason->find_first_not_of(" \t\r\n") == std::string::npos) throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "reason must not be empty");
    return std::move(*reason);
}

std::vector<std::string> required_texts(FunctionCallInfo fcinfo, int argument, const char *name)
{
    if (PG_ARGISNULL(argument)) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, std::string(name) + " must not be null");
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
    std::vector<std::string> texts;
    for (int i = 0; i < elements.count; ++i) {
        if (elements.nulls[i]) throw pg::GuardError(ERRCODE_NULL_VALUE_NOT_ALLOWED, std::string(name) + " must not contain nulls");
        texts.push_back(pg::text_of(elements.values[i]));
    }
    return texts;
}

pg::Parameter text_array_of(const std::vector<std::optional<std::string>> &items)
{
    const std::optional<std::string> *const given = items.data();
    const auto count = static_cast<int>(items.size());
    return pg::Parameter(pg::call([given, count] {
        auto *const values = static_cast<Datum *>(palloc0(sizeof(Datum) * static_cast<std::size_t>(std::max(count, 1))));
        auto *const nulls = static_cast<bool *>(palloc0(sizeof(bool) * static_cast<std::size_t>(std::max(count, 1))));
        for (int i = 0; i < count; ++i) {
            nulls[i] = !given[i].has_value();
            if (!nulls[i]) values[i] = PointerGetDatum(cstring_to_text_with_len(given[i]->data(), static_cast<int>(given[i]->size())));
        }
        int length = count;
        int lower = 1;
        return PointerGetDatum(construct_md_array(values, nulls, 1, &length, &lower, TEXTOID, -1, false, TYPALIGN_INT));
    }));
}

}  // namespace drift
