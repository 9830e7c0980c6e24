#include "drift/environment.hpp"

#include "catalog/scan.hpp"
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

std::string present_not_null_name(const std::string &schema, const std::string &table, const std::string &column)
{
    return pg::text_of(pg::call([&]() -> const char * {
        constexpr char not_null = 'n';
        const char *name = "";
        const Oid relation = get_relname_relid(table.c_str(), get_namespace_oid(schema.c_str(), true));
        const AttrNumber number = OidIsValid(relation) ? get_attnum(relation, column.c_str()) : static_cast<AttrNumber>(InvalidAttrNumber);
        if (number == InvalidAttrNumber) return name;
        catalog::scan(ConstraintRelationId, ConstraintRelidTypidNameIndexId, catalog::key_oid(Anum_pg_constraint_conrelid, relation),
                      [&name, number](HeapTuple tuple, TupleDesc descriptor) {
                          const auto *const form = catalog::form_of<FormData_pg_constraint>(tuple);
                          const auto key = catalog::field(tuple, descriptor, Anum_pg_constraint_conkey);
                          if (form->contype != not_null || key.null) return;
                          const ArrayType *const columns = DatumGetArrayTypeP(key.value);
                          if (*reinterpret_cast<const int16 *>(ARR_DATA_PTR(columns)) == number) name = pstrdup(NameStr(form->conname));
                      });
        return name;
    }));
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
