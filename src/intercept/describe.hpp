#pragma once

#include "core/judgement.hpp"
#include "pg/call.hpp"

namespace intercept {

inline core::Address address_of(Oid classid, Oid objid, int subid = 0) { return {classid, objid, subid}; }

// As the server names the object's type ("table column") and the object
// (public.prompts.version); empty when it does not exist.
std::string object_type_of(core::Address address);
std::string identity_of(core::Address address);

// table "public.prompts", column "version" of table "public.prompts", table public."Odd name"...
std::string name_in_message(core::Address address);

// An effect of the given rule on the object, with phrase verb + object.
core::Effect effect_on(std::string_view rule, std::string_view verb, core::Address address);

// Whether the object is temporary: of this session or another.
bool is_temporary(core::Address address);

// 12 rows, 1 row, 5 objects
std::string count_of(std::int64_t count, std::string_view noun);

}  // namespace intercept
