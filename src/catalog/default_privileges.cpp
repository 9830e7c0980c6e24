#include "catalog/parts.hpp"

namespace catalog {
namespace {

const char *objects_word(char type)
{
    switch (type) {
        case DEFACLOBJ_RELATION: return "tables";
        case DEFACLOBJ_SEQUENCE: return "sequences";
        case DEFACLOBJ_FUNCTION: return "functions";
        case DEFACLOBJ_TYPE: return "types";
        case DEFACLOBJ_NAMESPACE: return "schemas";
        default: return "large_objects";
    }
}

}  // namespace

void read_default_privileges(Sheet *sheet, Oid oid)
{
    scan(DefaultAclRelationId, DefaultAclOidIndexId, key_oid(Anum_pg_default_acl_oid, oid), [sheet, oid](HeapTuple tuple, TupleDesc descriptor) {
        const auto *const form = form_of<FormData_pg_default_acl>(tuple);
        const bool in_schema = OidIsValid(form->defaclnamespace);
        const char *const schema = in_schema ? schema_name(form->defaclnamespace) : nullptr;
        Draft *const draft = sheet->add({"default_privileges", role_name(form->defaclrole), objects_word(form->defaclobjtype), schema},
                                        in_schema ? schema_identity(schema) : Identity{}, DefaultAclRelationId, oid);
        draft->touch(tuple);
        draft->put_set("acl", privilege_lines(field(tuple, descriptor, Anum_pg_default_acl_defaclacl)));
    });
}

}  // namespace catalog
