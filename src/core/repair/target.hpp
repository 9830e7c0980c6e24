#pragma once

#include "core/repair/step.hpp"

namespace core::repair {

// "COLUMN app.t.c", "FUNCTION app.f(integer)": what COMMENT ON, ALTER and DROP call it.
std::string target(const Dialect &sql, const Fact &fact);
// "TABLE app.t", "FOREIGN SERVER far": what GRANT ON calls it; for a column, its table.
std::string grant_target(const Dialect &sql, const Fact &fact);
// The relation or domain that a part belongs to: "app.t".
std::string whole_of(const Dialect &sql, const Fact &part);
// The part's own name, quoted.
std::string own_name(const Dialect &sql, const Fact &fact);
// The object's name without the word for its kind.
std::string plain_name(const Dialect &sql, const Fact &fact);
// "ALTER TABLE app.t" of a relation, or of a part's.
std::string alter_relation(const Dialect &sql, const Fact &fact);
// An operator as facts name it, "app.===(integer,integer)", as commands do: with_types gives "app.=== (integer, integer)".
std::string operator_text(const Dialect &sql, std::string_view held, bool with_types);

}  // namespace core::repair
