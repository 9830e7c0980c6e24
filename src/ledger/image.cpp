#include "ledger/image.hpp"

#include "core/definition.hpp"
#include "core/redact.hpp"
#include "pg/jsonb.hpp"

namespace ledger {

Image image_of(core::Facts &&facts)
{
    const std::string json = core::definition_json(facts);
    const std::string clean = core::redact_tokens(json);
    const Datum definition = pg::jsonb_datum(clean);
    if (clean != json) return {pg::facts_from_definition(definition), definition};
    return {std::move(facts), definition};
}

bool same_definition(Datum left, Datum right)
{
    const auto *const a = reinterpret_cast<const varlena *>(DatumGetPointer(left));
    const auto *const b = reinterpret_cast<const varlena *>(DatumGetPointer(right));
    return VARSIZE_ANY(a) == VARSIZE_ANY(b) && std::memcmp(a, b, VARSIZE_ANY(a)) == 0;
}

}  // namespace ledger
