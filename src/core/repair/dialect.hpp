#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/not_null_name.hpp"

namespace core::repair {

// How the server that a plan is for writes names, and what it can.
//   quote     quotes an identifier where its keywords make that necessary
//   clip      the longest beginning of at most so many bytes that ends between two characters
//   casts     whether the server makes values of one type to values of the other when it is asked to, by types as facts
//             hold them; empty where that is not known
//   database  name of the database the plan is for
struct Dialect {
    std::function<std::string(std::string_view)> quote;
    std::function<std::string(std::string_view, std::size_t)> clip;
    std::function<bool(const std::string &from, const std::string &to)> casts;
    int major_version = 15;
    UsualNotNullName usual_not_null_name;
    // The name that a column's NOT NULL has in the database that the plan is for, by schema, table and column of today;
    // empty text, or no function, where that is not known: then it has the usual one.
    std::function<std::string(const std::string &schema, const std::string &table, const std::string &column)> present_not_null_name;
    std::function<void()> check_for_interrupts;  // called now and then, may throw; may be empty
    std::string database;
    std::string role;  // who runs the plan, and owns what it makes until it is given away

    // "a.b.c", each part quoted where needed.
    std::string name(const std::vector<std::string> &parts) const;
    // The same from a name as facts hold it, whose quotes do not know keywords: "app.order".  What follows the
    // name - arguments, a column's order - stays as it is.
    std::string name(std::string_view held) const;
    // The name at the start of what facts hold, without what follows it: "app.f" of "app.f(integer)".
    std::string bare_name(std::string_view held) const;
    // The name with the list of names that may stand in parentheses behind it: "app.t (a, select) WHERE ...".
    std::string name_and_columns(std::string_view held) const;
    // Keys in parentheses, each a name with what follows it or an expression in parentheses: "LIST (a, (b + 1))".
    std::string keys(std::string_view held) const;
    // One of these, as an index has it: "a COLLATE app.c DESC".
    std::string key(std::string_view held) const;
    // Names in a list, separated by commas.
    std::string names(const std::vector<std::string> &held) const;
};

// Words of facts as commands have them: "INSTEAD OF".  ASCII only.
std::string upper(std::string text);
// "ENABLE ALWAYS" of "always": what a trigger's or rule's state is called where it is set; empty text is the usual state.
std::string_view enabling(std::string_view state);
// Whether a name, with or without quotes, can begin with the character.
bool begins_name(char c);

// A string constant that means the same whatever standard_conforming_strings is.
std::string literal(std::string_view text);

// A body in dollar quotes that do not occur in it.
std::string dollar_quoted(std::string_view body);

// A fact id taken apart: names without quotes, and what stands in parentheses after them.
struct Name {
    std::string kind;
    std::vector<std::string> parts;
    std::string arguments;

    // The part at a place; empty where the name has fewer, as in a document that somebody wrote by hand.
    const std::string &part(std::size_t place) const;
    const std::string &first() const { return part(0); }
    const std::string &last() const { return part(parts.empty() ? 0 : parts.size() - 1); }
};
Name name_of(std::string_view id);

// Takes one dotted name, with or without quotes, from the start of text; gives its parts and sets rest to what follows.
std::vector<std::string> take_name(std::string_view text, std::string_view &rest);

}  // namespace core::repair
