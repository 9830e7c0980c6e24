#include "drift/environment.hpp"

#include "pg/call.hpp"

namespace drift {

std::int64_t server_version_num()
{
    return pg::call([] { return std::int64_t{pg_strtoint32(GetConfigOption("server_version_num", false, false))}; });
}

std::string database_encoding() { return pg::text_of(GetDatabaseEncodingName()); }

bool is_encoding(const std::string &name)
{
    const char *const text = name.c_str();
    return pg::call([text] { return pg_char_to_encoding(text) >= 0; });
}

core::UsualNotNullName usual_not_null_name()
{
    constexpr std::int64_t with_names = 180000;
    if (server_version_num() < with_names) return {};
    return [](const std::string &table, const std::string &column) {
        return pg::text_of(pg::call([&] { return static_cast<const char *>(makeObjectName(table.c_str(), column.c_str(), "not_null")); }));
    };
}

bool needs_conversion()
{
    const int encoding = GetDatabaseEncoding();
    return encoding != PG_UTF8 && encoding != PG_SQL_ASCII;
}

std::string to_utf8(std::string_view text)
{
    if (!needs_conversion()) return std::string(text);
    struct Converted {
        const char *text;
        std::size_t size;
        bool copied;
    };
    const auto converted = pg::call([text] {
        char *const result = pg_server_to_any(text.data(), static_cast<int>(text.size()), PG_UTF8);
        const bool copied = result != text.data();
        return Converted{result, copied ? std::strlen(result) : text.size(), copied};
    });
    std::string out(converted.text, converted.size);
    if (converted.copied) pg::call([converted] { pfree(const_cast<char *>(converted.text)); });
    return out;
}

}  // namespace drift
