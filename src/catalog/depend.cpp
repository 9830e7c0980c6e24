#include "catalog/depend.hpp"

#include "catalog/scan.hpp"

namespace catalog {
Oid constraint_of_index(Oid index)
{
    Oid constraint = InvalidOid;
    scan_references(RelationRelationId, index, [&constraint](HeapTuple tuple) {
        const auto &row = *form_of<FormData_pg_depend>(tuple);
        if (row.objsubid != 0 || row.refclassid != ConstraintRelationId || row.refobjsubid != 0 || row.deptype != DEPENDENCY_INTERNAL) return;
        if (!OidIsValid(constraint)) constraint = row.refobjid;
    });
    return constraint;
}

Oid extension_of(Oid catalog, Oid object)
{
    Oid extension = InvalidOid;
    scan_references(catalog, object, [&extension](HeapTuple tuple) {
        const auto &row = *form_of<FormData_pg_depend>(tuple);
        if (row.refclassid == ExtensionRelationId && row.deptype == DEPENDENCY_EXTENSION && !OidIsValid(extension)) extension = row.refobjid;
    });
    return extension;
}

Oid made_for(Oid catalog, Oid object)
{
    Oid type = InvalidOid;
    scan_references(catalog, object, [&type](HeapTuple tuple) {
        const auto &row = *form_of<FormData_pg_depend>(tuple);
        if (row.deptype == DEPENDENCY_INTERNAL && row.refclassid == TypeRelationId) type = row.refobjid;
    });
    return type;
}

OwningColumn column_of_sequence(Oid sequence, bool internal)
{
    OwningColumn owner{InvalidOid, 0};
    scan_references(RelationRelationId, sequence, [&owner, internal](HeapTuple tuple) {
        const auto &row = *form_of<FormData_pg_depend>(tuple);
        if (row.refclassid != RelationRelationId || row.deptype != (internal ? DEPENDENCY_INTERNAL : DEPENDENCY_AUTO)) return;
        if (!OidIsValid(owner.table)) owner = {row.refobjid, row.refobjsubid};
    });
    return owner;
}

}  // namespace catalog
