#include "catalog/parts.hpp"

namespace catalog {
namespace {

const char *provider_word(char provider)
{
    switch (provider) {
        case COLLPROVIDER_ICU: return "icu";
        case COLLPROVIDER_LIBC: return "libc";
        case COLLPROVIDER_DEFAULT: return "default";
        default: return "builtin";
    }
}

}  // namespace

// Without the version that the provider had: it is the machine's.
void read_collation(Sheet *sheet, Oid oid)
{
    scan(CollationRelationId, CollationOidIndexId, key_oid(Anum_pg_collation_oid, oid), [sheet, oid](HeapTuple tuple, TupleDesc descriptor) {
        const auto *const form = form_of<FormData_pg_collation>(tuple);
        char *const schema = schema_name(form->collnamespace);
        Draft *const draft =
            sheet->add(object_identity("collation", schema, name_text(form->collname)), schema_identity(schema), CollationRelationId, oid);
        draft->touch(tuple);
        draft->put("owner", role_name(form->collowner));
        draft->put("provider", provider_word(form->collprovider));
        draft->put("collate", column_text(tuple, descriptor, "collcollate"));
        draft->put("ctype", column_text(tuple, descriptor, "collctype"));
        const char *const locale = column_text(tuple, descriptor, "colllocale");
        draft->put("locale", locale != nullptr ? locale : column_text(tuple, descriptor, "colliculocale"));
        draft->put("rules", column_text(tuple, descriptor, "collicurules"));
        if (!form->collisdeterministic) draft->put_bool("deterministic", false);
        put_comment(draft);
    });
}

}  // namespace catalog
