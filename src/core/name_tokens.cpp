#include "core/name_tokens.hpp"

#include <algorithm>

#include "core/drift.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

bool is_word(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' || byte >= 0x80;
}

}  // namespace

Tokens tokens_of(std::string_view text)
{
    Tokens tokens;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] == ' ' || text[i] == '\n' || text[i] == '\t') {
            ++i;
            continue;
        }
        std::string token;
        if (text[i] == '"') {
            for (++i; i < text.size(); ++i) {
                if (text[i] == '"' && (i + 1 == text.size() || text[++i] != '"')) break;
                token += text[i];
            }
            if (i < text.size() && text[i] == '"') ++i;
        } else if (is_word(text[i])) {
            while (i < text.size() && is_word(text[i])) token += text[i++];
        } else {
            token = text[i++];
        }
        tokens.push_back(std::move(token));
    }
    return tokens;
}

Tokens name_tokens(const Value &name)
{
    auto tokens = tokens_of(plain_text(name));
    tokens.erase(std::find(tokens.begin(), tokens.end(), "("), tokens.end());
    return tokens;
}

}  // namespace core
