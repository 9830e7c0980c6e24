#pragma once

#include "core/repair/step.hpp"

namespace core::repair {

// A type as facts write it, taken apart.
//   name        without modifiers and brackets: "numeric" of "numeric(12,2)[]"
//   modifiers   the numbers among them: {12, 2}
//   modified    whether it has any, also such as are no numbers
//   domain      it is one, or its elements are; name and modifiers are those of what the domain is made from
struct ColumnType {
    std::string name;
    std::vector<int> modifiers;
    bool modified = false;
    bool array = false;
    bool domain = false;

    // Without modifiers, so that a cast to it cuts nothing: "numeric[]".
    std::string unmodified() const;
};

// Domains are looked up among the facts.
ColumnType column_type(const FactMap &facts, std::string_view text);

bool is_integer(std::string_view type);
// text and its like, with or without a length.
bool is_text(std::string_view type);
bool is_enum(const FactMap &facts, const ColumnType &type);

// Whether a value of one type can be put into a column of the other without a word: ALTER COLUMN ... TYPE then needs no USING.
bool is_assignable(const Scene &scene, const ColumnType &from, const ColumnType &to);

}  // namespace core::repair
