#pragma once

#include <string>

#include "core/fact.hpp"

namespace ledger {

// An object that a command touched, as the ledger names it.
struct Subject {
    core::Address address;
    std::string object_type;
    std::string schema_name;
    std::string identity;
    bool temporary = false;
    bool in_extension = false;
};

// How an object is kept.
enum class Keeping {
    definition,  // with its definition, in known_object
    name_only,   // a kind without a reader: rows carry its identity alone
    not_at_all   // the system's, the guard's, a part of something else, a temporary one
};

// What the catalogs say of an existing object; an empty identity when it is gone.
Subject describe(core::Address address);

Keeping keeping_of(const Subject &subject);

// Whether an extension owns the object, or did so until this command dropped it.
bool is_extension_member(core::Address address);
bool was_extension_member(core::Address address);

// Whether the object is kept by its name only, judged by its catalog alone.
bool has_reader(core::Address address);

}  // namespace ledger
