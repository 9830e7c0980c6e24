#pragma once

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/fact.hpp"

namespace core {

// Text that is not the JSON expected of it; what() says why, as a clause
// without capital and full stop.
struct JsonError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// Reads the JSON that facts are written in: objects whose members are null,
// true, false, integers, texts and lists of texts.  Nothing nests deeper, so
// hostile input cannot exhaust the stack.  Every function skips white space
// first and raises JsonError.
class JsonReader {
  public:
    // unicode tells whether the text is UTF-8; elsewhere an escape above
    // U+007F has no defined form and is refused.
    JsonReader(std::string_view json, bool unicode) : text_(json), unicode_(unicode) {}

    // Takes the character when it comes next.
    bool accept(char wanted);
    void expect(char wanted);
    std::string string();
    // A member name with its colon.
    std::string name();
    std::int64_t integer();
    Value value();
    // An object; a repeated member is an error, one that is null is left out.
    Payload payload();
    // What has not been read.
    std::string_view rest() const { return text_.substr(at_); }
    // Nothing but white space may be left.
    void end();

  private:
    void skip_space();
    bool accept_word(std::string_view word);
    unsigned hex4();
    void append_escape(std::string &out);
    List list();

    std::string_view text_;
    std::size_t at_ = 0;
    bool unicode_;
};

}  // namespace core
