#pragma once

#include "core/fact.hpp"
#include "pg/call.hpp"

namespace ledger {

// What the ledger is to know of an object: its facts, without the guard's
// tokens, which somebody may have written into a function or a comment.
struct Image {
    core::Facts facts;
    Datum definition;  // jsonb, allocated in the current context
};

Image image_of(core::Facts &&facts);

// Whether two definitions, as image_of and known_object have them, are the same.
bool same_definition(Datum left, Datum right);

}  // namespace ledger
