#pragma once

#include <string>
#include <string_view>

#include "core/lexeme.hpp"

namespace core {

// What a string constant stands for: quotes and escapes undone, its lines joined.  Escapes of
// characters that are not ASCII, and of most control characters, are left as they are written.
// unicode_escape is the character of UESCAPE, for U&'' strings.
std::string literal_content(const Lexeme &literal, char unicode_escape);

// The constant written anew with another content, in the same kind of quotes.
std::string literal_with(const Lexeme &literal, char unicode_escape, std::string_view content);

// Of UESCAPE 'c' after a U&'' string that ends at offset; a backslash without.
char unicode_escape_after(std::string_view text, std::size_t offset);

}  // namespace core
