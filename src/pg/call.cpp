#include "pg/call.hpp"

namespace pg {

std::string text_of(Datum text_datum)
{
    struct View {
        const char *data;
        int size;
    };
    const auto view = call([text_datum] {
        text *const plain = DatumGetTextPP(text_datum);
        return View{VARDATA_ANY(plain), static_cast<int>(VARSIZE_ANY_EXHDR(plain))};
    });
    return std::string(view.data, static_cast<std::size_t>(view.size));
}

std::string_view clip(std::string_view text, std::size_t limit)
{
    if (text.size() <= limit) return text;
    const auto size = call([text, limit] {
        return pg_mbcliplen(text.data(), static_cast<int>(std::min<std::size_t>(text.size(), limit + MAX_MULTIBYTE_CHAR_LEN)),
                            static_cast<int>(limit));
    });
    return text.substr(0, static_cast<std::size_t>(size));
}

char *server_string(std::string_view text)
{
    return call([text] { return pnstrdup(text.data(), text.size()); });
}

Datum text_datum(std::string_view text)
{
    return call([text] { return PointerGetDatum(cstring_to_text_with_len(text.data(), static_cast<int>(text.size()))); });
}

}  // namespace pg
