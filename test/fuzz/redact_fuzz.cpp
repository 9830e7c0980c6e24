// Any text is taken; what it gives holds no token and is stable for tokens, and a password
// after any beginning that leaves no string, comment or identifier open is masked.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/lexeme.hpp"
#include "core/literal.hpp"
#include "core/redact.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char *>(data), size);
    bool closed = true;
    for (const auto meaning : {core::Backslash::ordinary, core::Backslash::escape}) {
        std::size_t offset = 0;
        while (offset < text.size()) {
            const core::Lexeme lexeme = core::next_lexeme(text, offset, meaning);
            if (lexeme.kind == core::Lexeme::Kind::end || lexeme.text.empty()) std::abort();
            if (!lexeme.terminated || lexeme.kind == core::Lexeme::Kind::comment) closed = false;
            if (lexeme.kind == core::Lexeme::Kind::string) (void)core::literal_with(lexeme, '\\', core::literal_content(lexeme, '\\'));
            offset += lexeme.text.size();
        }
        if (offset != text.size()) std::abort();
    }
    const std::string secret = "Sekrit17Sekrit17";
    for (const std::string_view literal : {"'Sekrit17Sekrit17'", "'Sekrit\\'Sekrit17Sekrit17'", "E'Sekrit17\\'Sekrit17Sekrit17'", "$x$Sekrit17Sekrit17$x$"}) {
        const std::string command = text + "; ALTER ROLE a PASSWORD " + std::string(literal);
        if (closed && text.find(secret) == std::string::npos && core::redact(command).find(secret) != std::string::npos) std::abort();
    }
    const std::string token = "lcg_" + std::string(43, 'x');
    if (core::redact(text + token).find(token) != std::string::npos) std::abort();
    const std::string_view slice = core::own_slice(text, static_cast<int>(size % 7) - 1, static_cast<int>(size % 5));
    if (slice.size() > text.size()) std::abort();
    return 0;
}
