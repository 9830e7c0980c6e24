#pragma once

#include <cstddef>
#include <string_view>

namespace core {

// A piece of SQL text as the server's scanner would cut it, told apart only
// as far as finding secrets needs.  Pieces are contiguous: together they are
// the text.
struct Lexeme {
    enum class Kind { end, space, comment, word, quoted_identifier, string, dollar_string, number, punctuation };

    Kind kind = Kind::end;
    std::string_view text;
    // Of strings, quoted identifiers: what stands between the outermost quotes, escapes untouched.
    // A string that is continued on a later line is one piece: its body holds the gaps, too.
    std::string_view body;
    bool backslash = false;   // \' is a quote: an E'' string, or any with standard_conforming_strings off
    bool terminated = true;
};

// What a backslash is in an ordinary string: the setting standard_conforming_strings.
enum class Backslash { ordinary, escape };

// The piece of text that starts at offset; kind end at the end.  What is not
// terminated reaches to the end.  Takes any ASCII-compatible encoding.
Lexeme next_lexeme(std::string_view text, std::size_t offset, Backslash meaning = Backslash::ordinary);

// Where the string that ends at offset goes on: the place of the opening quote on a later line; npos when it does not.
std::size_t continuation(std::string_view text, std::size_t offset);

// ASCII comparison without regard to case; folded is lower case.
bool equals_folded(std::string_view text, std::string_view folded);

// First place of folded (lower case) in text, ignoring ASCII case; npos when absent.
std::size_t find_folded(std::string_view text, std::string_view folded, std::size_t from = 0);

}  // namespace core
