#pragma once

#include <string>
#include <string_view>

namespace core {

// A text with names in it as messages, logs and reports show it: on one line, with nothing that acts on a
// terminal or hides what is there, so that it can be copied.  A name in double quotes that has such
// characters becomes a literal that means the same in SQL (U&"..."); elsewhere they are written as \000A.
std::string shown(std::string_view text);

// A statement that may go on over lines, as it is shown to those who may run it again.  It means the same, as long
// as its names are all that has such characters; psql finds no command of its own in it, wherever the statement was cut off.
std::string shown_statement(std::string_view statement);

}  // namespace core
