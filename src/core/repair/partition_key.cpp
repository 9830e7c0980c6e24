#include "core/repair/partition_key.hpp"

#include <algorithm>

#include "core/repair/dialect.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

bool is_number_part(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '.' || c == '_'; }

// Reads the words of a key, and tells columns from functions, types, collations and operator classes.
class Key {
  public:
    Key(std::string_view text, const std::string &column) : text_(text), column_(column) { text_.remove_prefix(std::min(text_.find('('), text_.size())); }

    bool has_column()
    {
        while (!text_.empty()) {
            const char c = text_.front();
            if (begins_name(c)) {
                if (take_word()) return true;
            } else if (c == '\'') {
                skip_text();
            } else if (c >= '0' && c <= '9') {
                while (!text_.empty() && is_number_part(text_.front())) text_.remove_prefix(1);
            } else if (text_.starts_with("::")) {
                text_.remove_prefix(2);
                skip_type();
            } else {
                take_sign(c);
            }
        }
        return false;
    }

  private:
    // Parentheses around keys and parts of them.  A name after a dot is that of a field.
    void take_sign(char c)
    {
        text_.remove_prefix(1);
        if (depth_ == 1 && c == '(') at_key_ = false;
        if (c == '(') ++depth_;
        if (c == ')') --depth_;
        if (depth_ == 1 && (c == ',' || c == '(')) at_key_ = true;
        if (c == '.' && !text_.empty() && begins_name(text_.front())) skip_name();
    }

    bool take_word()
    {
        const bool quoted = text_.front() == '"';
        const auto before = text_;
        const auto parts = skip_name();
        const auto word = before.substr(0, before.size() - text_.size());
        // Names with such letters are quoted: it is a word of the language.
        if (!quoted && std::any_of(word.begin(), word.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) {
            take_keyword(word);
            return false;
        }
        if (text_.starts_with('(')) return false;
        // Outside of inner parentheses a column is the whole key, and what comes after it an operator class.
        const bool is_column = depth_ != 1 || at_key_;
        if (depth_ == 1) at_key_ = false;
        return is_column && parts.back() == column_;
    }

    void take_keyword(std::string_view word)
    {
        if (word == "COLLATE") {
            skip_spaces();
            skip_name();
        } else if (word == "EXTRACT" && text_.starts_with('(')) {
            // Of "EXTRACT(year FROM a)" the first word says what is taken out.
            take_sign('(');
            if (!text_.empty() && begins_name(text_.front())) skip_name();
        } else if (word == "OPERATOR") {
            text_.remove_prefix(std::min(text_.find(')'), text_.size()));
            text_.remove_prefix(text_.empty() ? 0 : 1);
        }
    }

    // Some names of types have more than one word.
    void skip_type()
    {
        const auto word = skip_name().back();
        skip_modifiers();
        if (word == "double" || word == "character" || word == "bit") skip_words({" precision", " varying"});
        if (word == "time" || word == "timestamp") skip_words({" without time zone", " with time zone"});
        if (word == "interval") skip_words({" year to month", " day to hour", " day to minute", " day to second", " hour to minute", " hour to second", " minute to second", " year", " month", " day", " hour", " minute", " second"});
    }

    void skip_words(std::initializer_list<std::string_view> words)
    {
        for (const auto one : words) {
            if (!text_.starts_with(one)) continue;
            text_.remove_prefix(one.size());
            skip_modifiers();
            return;
        }
    }

    // "(10,2)" of a type.
    void skip_modifiers()
    {
        if (!text_.starts_with('(')) return;
        text_.remove_prefix(std::min(text_.find(')'), text_.size()));
        text_.remove_prefix(text_.empty() ? 0 : 1);
    }

    // A quote within is doubled.
    void skip_text()
    {
        text_.remove_prefix(1);
        text_.remove_prefix(std::min(text_.find('\''), text_.size()));
        text_.remove_prefix(text_.empty() ? 0 : 1);
    }

    void skip_spaces()
    {
        while (text_.starts_with(' ')) text_.remove_prefix(1);
    }

    std::vector<std::string> skip_name()
    {
        const auto before = text_.size();
        auto parts = take_name(text_, text_);
        if (text_.size() == before && !text_.empty()) text_.remove_prefix(1);
        return parts;
    }

    std::string_view text_;
    const std::string &column_;
    int depth_ = 0;
    bool at_key_ = false;
};

}  // namespace

bool is_in_partition_key(std::string_view key, const std::string &column) { return Key(key, column).has_column(); }

}  // namespace core::repair
