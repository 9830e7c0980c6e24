#include "core/error_context.hpp"

#include <algorithm>
#include <string>

#include "core/redact.hpp"

#include "core/cpp_only.hpp"

namespace core {

bool may_hold_secret(std::string_view text)
{
    // Where a statement begins and ends is not known, and so not what is a constant in it.
    std::string words(text);
    std::transform(words.begin(), words.end(), words.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    constexpr std::string_view telling[] = {"password", "options", "connection", "secret", "token"};
    const bool told = std::any_of(std::begin(telling), std::end(telling), [&words](std::string_view word) { return words.find(word) != std::string::npos; });
    return told || redact_tokens(text) != text;
}

}  // namespace core
