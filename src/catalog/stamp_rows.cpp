#include "catalog/stamp_rows.hpp"

namespace catalog {
namespace {

// What stands among the system's own objects can be meant by names that are not qualified: whether another one's
// must be, in whatever text, depends on it.
bool is_found_by_name(Oid catalog, HeapTuple tuple)
{
    switch (catalog) {
        case ProcedureRelationId: return form_of<FormData_pg_proc>(tuple)->pronamespace == PG_CATALOG_NAMESPACE;
        case TypeRelationId: return form_of<FormData_pg_type>(tuple)->typnamespace == PG_CATALOG_NAMESPACE;
        case RelationRelationId: return form_of<FormData_pg_class>(tuple)->relnamespace == PG_CATALOG_NAMESPACE;
        default: return false;
    }
}

void mention_all(ObjectAddress object, Datum stored, bool is_vector, PageScribe *scribe)
{
    if (is_vector) {
        const auto *const vector = reinterpret_cast<const oidvector *>(DatumGetPointer(stored));
        for (int i = 0; i < vector->dim1; ++i) scribe->mention(object, vector->values[i]);
        return;
    }
    ArrayType *const array = DatumGetArrayTypeP(stored);
    const int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
    const auto *const items = reinterpret_cast<const Oid *>(ARR_DATA_PTR(array));
    for (int i = 0; !ARR_HASNULL(array) && i < count; ++i) scribe->mention(object, items[i]);
    if (reinterpret_cast<Datum>(array) != stored) pfree(array);
}

// What the table of parts cannot say.
void join_more(ObjectAddress object, Oid catalog, HeapTuple tuple, PageScribe *scribe)
{
    switch (catalog) {
        case RelationRelationId: scribe->join(object, RelationRelationId, form_of<FormData_pg_class>(tuple)->reltoastrelid); break;
        case TypeRelationId: scribe->join(object, RelationRelationId, form_of<FormData_pg_type>(tuple)->typrelid); break;
        case IndexRelationId: scribe->join(object, RelationRelationId, form_of<FormData_pg_index>(tuple)->indrelid); break;
        case ConstraintRelationId: {
            const auto *const form = form_of<FormData_pg_constraint>(tuple);
            scribe->join(object, RelationRelationId, form->conrelid);
            if (!OidIsValid(form->conrelid)) scribe->join(object, TypeRelationId, form->contypid);
            break;
        }
        case TriggerRelationId: {
            // Those on the table that a foreign key refers to are parts of the key.
            const auto *const form = form_of<FormData_pg_trigger>(tuple);
            scribe->join(object, ConstraintRelationId, form->tgconstraint);
            if (!OidIsValid(form->tgconstraint)) scribe->join(object, RelationRelationId, form->tgrelid);
            break;
        }
        default: break;
    }
}

}  // namespace

RowReader::RowReader(Relation catalog)
    : catalog_(RelationGetRelid(catalog)), columns_(RelationGetDescr(catalog)), layout_(layout_of(catalog_, columns_)), for_all_(is_common(catalog_))
{}

void RowReader::read_dependency(HeapTuple tuple, PageScribe *scribe) const
{
    const auto *const form = form_of<FormData_pg_depend>(tuple);
    const ObjectAddress object = counted_object(form->classid, form->objid);
    scribe->count(object, catalog_, tuple, false, false);
    if (form->deptype == DEPENDENCY_INTERNAL) {
        scribe->join(object, form->refclassid, form->refobjid);
    } else {
        scribe->mention(object, form->refobjid);
    }
}

void RowReader::read(HeapTuple tuple, PageScribe *scribe) const
{
    if (catalog_ == DependRelationId) {
        read_dependency(tuple, scribe);
        return;
    }
    // System columns are as they were made as long as there is the table, but for who may read them.
    const bool is_system_column = catalog_ == AttributeRelationId && form_of<FormData_pg_attribute>(tuple)->attnum < 0;
    if (is_system_column && field(tuple, columns_, Anum_pg_attribute_attacl).null) return;
    const PartOf *const part = layout_.part;
    const char *const data = reinterpret_cast<const char *>(tuple->t_data) + tuple->t_data->t_hoff;
    const auto oid_at = [data](int offset) { return *reinterpret_cast<const Oid *>(data + offset); };
    Oid whole = InvalidOid;
    Oid whole_catalog = InvalidOid;
    if (part != nullptr) {
        whole = oid_at(layout_.whole);
        whole_catalog = part->catalog_column == 0 ? part->whole_catalog : oid_at(layout_.whole_catalog);
    }
    ObjectAddress object = common_object;
    const bool for_all = for_all_ || is_found_by_name(catalog_, tuple);
    if (layout_.has_oid) {
        object = counted_object(catalog_, oid_at(0));
        scribe->count(object, catalog_, tuple, for_all, true);
        scribe->join(object, whole_catalog, whole);
    } else {
        if (part != nullptr) object = counted_object(whole_catalog, whole);
        scribe->count(object, catalog_, tuple, for_all, false);
    }
    join_more(object, catalog_, tuple, scribe);
    if (object.classId == InvalidOid) return;
    for (int i = 0; i < layout_.fixed; ++i) scribe->mention(object, oid_at(layout_.offset[i]));
    for (int i = 0; i < layout_.arrays; ++i) {
        const Field stored = field(tuple, columns_, layout_.array[i]);
        if (!stored.null) mention_all(object, stored.value, layout_.is_vector[i], scribe);
    }
}

}  // namespace catalog
