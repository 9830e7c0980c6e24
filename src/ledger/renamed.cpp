#include "core/definition.hpp"
#include "ledger/append.hpp"
#include "ledger/subject.hpp"
#include "pg/jsonb.hpp"

namespace ledger {
namespace {

// The name parts of a fact id.
struct Names {
    const char *kind;
    const char *schema;
    const char *table;  // null for a relation
    const char *name;
};

Names names_of(const ObjectAddress &part)
{
    Names names{};
    if (part.classId == RelationRelationId) {
        names.kind = get_rel_relkind(part.objectId) == RELKIND_SEQUENCE ? "sequence" : "index";
        names.schema = get_namespace_name(get_rel_namespace(part.objectId));
        names.name = get_rel_name(part.objectId);
    } else if (part.classId == ConstraintRelationId) {
        const HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(part.objectId));
        if (!HeapTupleIsValid(tuple)) return names;
        const auto *const form = reinterpret_cast<const FormData_pg_constraint *>(GETSTRUCT(tuple));
        names.kind = "constraint";
        names.schema = get_namespace_name(get_rel_namespace(form->conrelid));
        names.table = get_rel_name(form->conrelid);
        names.name = pstrdup(NameStr(form->conname));
        ReleaseSysCache(tuple);
    }
    return names;
}

std::string id_of(const Names &names, std::string_view name)
{
    if (names.table != nullptr) return core::fact_id(names.kind, {names.schema, names.table, name});
    return core::fact_id(names.kind, {names.schema, name});
}

}  // namespace

void record_renamed_part(const Subject &whole, core::Address part, const std::string &old_name, const std::string &tag)
{
    if (keeping_of(whole) != Keeping::definition) return;
    const Subject subject = describe({part.classid, part.objid, 0});
    if (subject.identity.empty() || part == whole.address) return;
    Change change;
    change.command_tag = tag;
    change.operation = "alter";
    change.object_type = subject.object_type;
    change.schema_name = whole.schema_name;
    change.identity = subject.identity;
    change.address = subject.address;
    change.in_extension = whole.in_extension;
    const Names names = pg::call([part] {
        ObjectAddress address;
        ObjectAddressSet(address, part.classid, part.objid);
        return names_of(address);
    });
    Images images;
    if (names.schema != nullptr && names.name != nullptr) {
        core::Difference difference;
        difference.fact = id_of(names, names.name);
        difference.kind = names.kind;
        difference.op = "changed";
        difference.attribute = "name";
        difference.before = id_of(names, old_name);
        difference.after = difference.fact;
        images.difference = pg::jsonb_datum(core::differences_json({difference}));
    }
    append(change, images);
}

}  // namespace ledger
