#pragma once

#include "core/fact.hpp"
#include "pg/call.hpp"

namespace pg {

// A jsonb from JSON text, allocated in the current context; raises
// invalid_text_representation when it is not JSON.
Datum jsonb_datum(const std::string &json_text);

// The payload of a fact from a JSON object of scalars and lists of texts.
// Raises GuardError (invalid_parameter_value) for any other form.
core::Payload payload_from_jsonb(Datum jsonb);

// Facts from what core::definition_json wrote, the object itself first.  Raises
// GuardError (invalid_parameter_value) when it is not of that form.
core::Facts facts_from_definition(Datum jsonb);

}  // namespace pg
