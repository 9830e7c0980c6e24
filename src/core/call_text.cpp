#include "core/call_text.hpp"

#include "core/lexeme.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

// Blocks of code in blocks of code: deeper than this nobody calls by hand.
constexpr int deepest = 8;

bool is_name(const Lexeme &lexeme, std::string_view name)
{
    if (lexeme.kind == Lexeme::Kind::word) return equals_folded(lexeme.text, name);
    return lexeme.kind == Lexeme::Kind::quoted_identifier && equals_folded(lexeme.body, name);
}

class Search {
  public:
    Search(std::string_view schema, std::string_view function) : schema_(schema), function_(function) {}

    bool finds(std::string_view text, int depth)
    {
        // The lexemes before, comments and spaces left out; the last one first.
        Lexeme before[3];
        for (std::size_t offset = 0; offset < text.size();) {
            const Lexeme lexeme = next_lexeme(text, offset);
            offset += lexeme.text.size();
            using Kind = Lexeme::Kind;
            if (lexeme.kind == Kind::space || lexeme.kind == Kind::comment) continue;
            const bool is_text = lexeme.kind == Kind::string || lexeme.kind == Kind::dollar_string;
            if (is_text && depth < deepest && finds(lexeme.body, depth + 1)) return true;
            if (lexeme.text == "(" && is_name(before[0], function_) && (before[1].text != "." || is_name(before[2], schema_))) return true;
            before[2] = before[1];
            before[1] = before[0];
            before[0] = lexeme;
        }
        return false;
    }

  private:
    std::string_view schema_;
    std::string_view function_;
};

}  // namespace

bool names_call(std::string_view text, std::string_view schema, std::string_view function)
{
    return Search(schema, function).finds(text, 0);
}

std::optional<std::string_view> executed_name(std::string_view text)
{
    Lexeme found[2];
    int count = 0;
    for (std::size_t offset = 0; offset < text.size() && count < 2;) {
        const Lexeme lexeme = next_lexeme(text, offset);
        offset += lexeme.text.size();
        if (lexeme.kind != Lexeme::Kind::space && lexeme.kind != Lexeme::Kind::comment) found[count++] = lexeme;
    }
    if (count < 2 || !is_name(found[0], "execute")) return std::nullopt;
    return found[1].text;
}

}  // namespace core
