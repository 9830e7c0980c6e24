// Operators and what indexes know of them.
#include "catalog/parts.hpp"

namespace catalog {
namespace {

const char *operand(Oid type) { return OidIsValid(type) ? type_text(type, -1) : "NONE"; }

// A family or class under its name and access method.
Identity member_identity(const char *kind, Oid schema, const NameData &name, Oid method)
{
    return {kind, schema_name(schema), name_text(name), get_am_name(method)};
}

char *family_name(Oid family)
{
    return cached_name(OPFAMILYOID, family, &FormData_pg_opfamily::opfname, &FormData_pg_opfamily::opfnamespace);
}

// Lists the operators and functions of a family that came with the class; with InvalidOid,
// those that came with none.
void put_entries(Draft *draft, Oid family, Oid opclass)
{
    List *operators = NIL;
    scan(AccessMethodOperatorRelationId, AccessMethodStrategyIndexId, key_oid(Anum_pg_amop_amopfamily, family),
         [&](HeapTuple tuple, TupleDesc) {
             const auto *const form = form_of<FormData_pg_amop>(tuple);
             if (class_of_entry(AccessMethodOperatorRelationId, form->oid) != opclass) return;
             char *const line = psprintf("%d %s", form->amopstrategy, operator_name(form->amopopr));
             const bool ordering = OidIsValid(form->amopsortfamily);
             operators = lappend(operators, ordering ? psprintf("%s ORDER BY %s", line, family_name(form->amopsortfamily)) : line);
             draft->touch(tuple);
         });
    List *functions = NIL;
    scan(AccessMethodProcedureRelationId, AccessMethodProcedureIndexId, key_oid(Anum_pg_amproc_amprocfamily, family),
         [&](HeapTuple tuple, TupleDesc) {
             const auto *const form = form_of<FormData_pg_amproc>(tuple);
             if (class_of_entry(AccessMethodProcedureRelationId, form->oid) != opclass) return;
             functions = lappend(functions, psprintf("%d (%s,%s) %s", form->amprocnum, operand(form->amproclefttype),
                                                     operand(form->amprocrighttype), function_identity(form->amproc)));
             draft->touch(tuple);
         });
    draft->put_list("operators", sorted(operators));
    draft->put_list("functions", sorted(functions));
}

// A family of the same name that has nothing of its own was made by CREATE OPERATOR CLASS.
void put_family(Draft *draft, const FormData_pg_opclass *form)
{
    char *const name = family_name(form->opcfamily);
    if (std::strcmp(name, qualified_name(schema_name(form->opcnamespace), NameStr(form->opcname))) != 0) {
        draft->put("family", name);
    }
}

}  // namespace

Oid class_of_entry(Oid catalog, Oid entry)
{
    Oid found = InvalidOid;
    scan_references(catalog, entry, [&found](HeapTuple tuple) {
        const auto *const form = form_of<FormData_pg_depend>(tuple);
        if (form->refclassid == OperatorClassRelationId && form->deptype == DEPENDENCY_INTERNAL) found = form->refobjid;
    });
    return found;
}

void read_operator(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_operator>(tuple);
    char *const schema = schema_name(form->oprnamespace);
    Identity identity = object_identity("operator", schema, name_text(form->oprname));
    identity.arguments = psprintf("%s,%s", operand(form->oprleft), operand(form->oprright));
    Draft *const draft = sheet->add(identity, schema_identity(schema), OperatorRelationId, oid);
    draft->touch(tuple);
    draft->put("owner", role_name(form->oprowner));
    draft->put("function", function_identity(form->oprcode));
    // Without a function it only stands for one that another operator names.
    if (OidIsValid(form->oprresult)) draft->put("returns", type_text(form->oprresult, -1));
    draft->put("commutator", operator_name(form->oprcom));
    draft->put("negator", operator_name(form->oprnegate));
    draft->put("restrict", function_name(form->oprrest));
    draft->put("join", function_name(form->oprjoin));
    draft->put_if("hashes", form->oprcanhash);
    draft->put_if("merges", form->oprcanmerge);
    put_comment(draft);
    ReleaseSysCache(tuple);
}

void read_operator_class(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_opclass>(tuple);
    Draft *const draft = sheet->add(member_identity("operator_class", form->opcnamespace, form->opcname, form->opcmethod),
                                    schema_identity(schema_name(form->opcnamespace)), OperatorClassRelationId, oid);
    draft->touch(tuple);
    draft->put("owner", role_name(form->opcowner));
    draft->put("type", type_text(form->opcintype, -1));
    if (OidIsValid(form->opckeytype)) draft->put("storage", type_text(form->opckeytype, -1));
    draft->put_if("default", form->opcdefault);
    put_family(draft, form);
    put_entries(draft, form->opcfamily, oid);
    put_comment(draft);
    ReleaseSysCache(tuple);
}

void read_operator_family(Sheet *sheet, Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(OPFAMILYOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return;
    const auto *const form = form_of<FormData_pg_opfamily>(tuple);
    Draft *const draft = sheet->add(member_identity("operator_family", form->opfnamespace, form->opfname, form->opfmethod),
                                    schema_identity(schema_name(form->opfnamespace)), OperatorFamilyRelationId, oid);
    draft->touch(tuple);
    draft->put("owner", role_name(form->opfowner));
    put_entries(draft, oid, InvalidOid);
    put_comment(draft);
    ReleaseSysCache(tuple);
}

}  // namespace catalog
