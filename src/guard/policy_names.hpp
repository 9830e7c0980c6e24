#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/fact.hpp"

namespace guard {

// Parts of a dotted name, quoted or folded as the parser does it.  Null when
// it is not such a name.
std::optional<std::vector<std::string>> name_parts(const std::string &text);

// What a qualified name stands for.  Takes no lock and asks for no privilege
// on the object.
struct NamedObject {
    bool well_formed;       // schema.name, schema.routine(types), schema.operator(types), schema.class USING method
    core::Address address;  // all zero when there is no such object
    std::string schema;     // as written, without its quotes
};
NamedObject find_named_object(const std::string &name);

// As the server prints it.
std::string identity_of(core::Address address);
std::string quoted_identifier(const std::string &name);

}  // namespace guard
