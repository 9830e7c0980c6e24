#pragma once

#include "core/repair/step.hpp"

// Whether what is there can become what is wanted, or must be dropped and made anew.
namespace core::repair {

bool can_replace_view(const Scene &scene, const Fact &from, const Fact &to);
bool can_replace_routine(const Fact &from, const Fact &to);
// Whether every label that is there stays, in its order; or labels are known to have only other names.
bool can_extend_enum(const Scene &scene, const Fact &from, const Fact &to);

// Whether one of the name is there, but of another table: indexes and statistics are named within their schema.
bool is_on_another_table(const Fact &from, const Fact &to);
// Whether no command leads from one fact to the other but dropping it.
bool must_be_rebuilt(const Scene &scene, const Fact &from, const Fact &to);

}  // namespace core::repair
