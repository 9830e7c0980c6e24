// Any text is taken; what it gives holds no token and is stable for tokens.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/lexeme.hpp"
#include "core/redact.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);
    std::size_t offset = 0;
    while (offset < text.size()) {
        const core::Lexeme lexeme = core::next_lexeme(text, offset);
        if (lexeme.kind == core::Lexeme::Kind::end || lexeme.text.empty()) std::abort();
        offset += lexeme.text.size();
    }
    if (offset != text.size()) std::abort();
    const std::string token = "lcg_" + std::string(43, 'x');
    if (core::redact(text + token).find(token) != std::string::npos) std::abort();
    const std::string_view slice = core::own_slice(text, static_cast<int>(size % 7) - 1, static_cast<int>(size % 5));
    if (slice.size() > text.size()) std::abort();
    return 0;
}
