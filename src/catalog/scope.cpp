#include "catalog/scope.hpp"

#include "catalog/depend.hpp"
#include "catalog/parts.hpp"
#include "catalog/reader.hpp"

namespace catalog {
namespace {

constexpr const char *guard_name = "langchef_guard";

ObjectAddress address_of(Oid classid, Oid objid)
{
    ObjectAddress address;
    ObjectAddressSet(address, classid, objid);
    return address;
}

// The relation of a part that has no cache of its own.
template <typename Form>
ObjectAddress relation_of_part(const ObjectAddress &part, Oid index, AttrNumber oid_column, Oid Form::*relation)
{
    ObjectAddress found = address_of(part.classId, part.objectId);
    scan(part.classId, index, key_oid(oid_column, part.objectId),
         [&](HeapTuple tuple, TupleDesc) { found = address_of(RelationRelationId, form_of<Form>(tuple)->*relation); });
    return found;
}

ObjectAddress container_of_constraint(const ObjectAddress &constraint)
{
    const HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(constraint.objectId));
    if (!HeapTupleIsValid(tuple)) return address_of(constraint.classId, constraint.objectId);
    const auto *const form = form_of<FormData_pg_constraint>(tuple);
    const ObjectAddress found = OidIsValid(form->conrelid) ? address_of(RelationRelationId, form->conrelid)
                                                           : address_of(TypeRelationId, form->contypid);
    ReleaseSysCache(tuple);
    return found;
}

ObjectAddress container_of_relation(Oid relation)
{
    FormData_pg_class form;
    if (!with_row(relation_rows, relation, [&form](HeapTuple tuple) { form = *form_of<FormData_pg_class>(tuple); })) {
        return address_of(RelationRelationId, relation);
    }
    if (form.relkind == RELKIND_COMPOSITE_TYPE) return address_of(TypeRelationId, form.reltype);
    if (form.relkind == RELKIND_SEQUENCE) {
        const Oid table = column_of_sequence(relation, true).table;
        if (OidIsValid(table)) return address_of(RelationRelationId, table);
    }
    if (form.relkind == RELKIND_INDEX || form.relkind == RELKIND_PARTITIONED_INDEX) {
        if (form.relispartition) return address_of(RelationRelationId, IndexGetRelation(relation, true));
        const Oid constraint = constraint_of_index(relation);
        if (OidIsValid(constraint)) return container_of_constraint(address_of(ConstraintRelationId, constraint));
    }
    return address_of(RelationRelationId, relation);
}

ObjectAddress container_of_type(Oid type)
{
    FormData_pg_type form;
    if (!with_row(type_rows, type, [&form](HeapTuple tuple) { form = *form_of<FormData_pg_type>(tuple); })) return address_of(TypeRelationId, type);
    if (form.typtype == TYPTYPE_COMPOSITE && relkind_of(form.typrelid) != RELKIND_COMPOSITE_TYPE) {
        return address_of(RelationRelationId, form.typrelid);
    }
    if (form.typtype == TYPTYPE_MULTIRANGE) {
        const Oid range = get_multirange_range(type);
        if (OidIsValid(range)) return address_of(TypeRelationId, range);
    }
    if (OidIsValid(form.typelem) && form.typsubscript == F_ARRAY_SUBSCRIPT_HANDLER) return container_of_type(form.typelem);
    return address_of(TypeRelationId, type);
}

// The range type that a function constructs, or InvalidOid.
Oid constructed_type(const FormData_pg_proc *form)
{
    return form->prolang == INTERNALlanguageId ? made_for(ProcedureRelationId, form->oid) : InvalidOid;
}

ObjectAddress container_of_function(Oid function)
{
    const HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
    if (!HeapTupleIsValid(tuple)) return address_of(ProcedureRelationId, function);
    const Oid type = constructed_type(form_of<FormData_pg_proc>(tuple));
    ReleaseSysCache(tuple);
    return OidIsValid(type) ? address_of(TypeRelationId, type) : address_of(ProcedureRelationId, function);
}

bool is_array_of_another(const FormData_pg_type *form)
{
    if (!OidIsValid(form->typelem) || form->typsubscript != F_ARRAY_SUBSCRIPT_HANDLER) return false;
    Oid array = InvalidOid;
    with_row(type_rows, form->typelem, [&array](HeapTuple tuple) { array = form_of<FormData_pg_type>(tuple)->typarray; });
    return array == form->oid;
}

// The class that an entry came with, or its family.
template <typename Form>
ObjectAddress container_of_entry(const ObjectAddress &entry, Oid index, AttrNumber oid_column, Oid Form::*family)
{
    ObjectAddress found = address_of(entry.classId, entry.objectId);
    scan(entry.classId, index, key_oid(oid_column, entry.objectId),
         [&](HeapTuple tuple, TupleDesc) { found = address_of(OperatorFamilyRelationId, form_of<Form>(tuple)->*family); });
    const Oid opclass = class_of_entry(entry.classId, entry.objectId);
    return OidIsValid(opclass) ? address_of(OperatorClassRelationId, opclass) : found;
}

template <typename Form>
ObjectAddress container_in_cache(const ObjectAddress &part, int cache, Oid container, Oid Form::*whole)
{
    const HeapTuple tuple = SearchSysCache1(cache, ObjectIdGetDatum(part.objectId));
    if (!HeapTupleIsValid(tuple)) return address_of(part.classId, part.objectId);
    const Oid found = form_of<Form>(tuple)->*whole;
    ReleaseSysCache(tuple);
    return address_of(container, found);
}

// Of the kinds that have nothing to tell a part from a whole.
bool is_user_object(const ObjectAddress &address)
{
    if (address.objectId < FirstNormalObjectId || !is_objectclass_supported(address.classId)) return false;
    const int cache = get_object_catcache_oid(address.classId);
    if (cache >= 0 && !SearchSysCacheExists1(cache, ObjectIdGetDatum(address.objectId))) return false;
    if (get_object_attnum_namespace(address.classId) == InvalidAttrNumber) return true;
    const Oid schema = get_object_namespace(&address);
    return OidIsValid(schema) && is_user_schema(schema);
}

template <typename Form, typename Test>
bool test_cached(int cache, Oid oid, Test test)
{
    const HeapTuple tuple = SearchSysCache1(cache, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return false;
    const bool result = test(form_of<Form>(tuple));
    ReleaseSysCache(tuple);
    return result;
}

}  // namespace

bool is_guard_schema(Oid schema)
{
    const char *const name = get_namespace_name(schema);
    return name != nullptr && std::strcmp(name, guard_name) == 0;
}

bool is_guard_function(Oid function) { return is_guard_schema(get_func_namespace(function)); }

bool is_user_schema(Oid schema)
{
    if (schema == PG_TOAST_NAMESPACE || isAnyTempNamespace(schema)) return false;
    const char *const name = get_namespace_name(schema);
    if (name == nullptr || std::strncmp(name, "pg_toast", 8) == 0) return false;
    return std::strcmp(name, guard_name) != 0 && std::strcmp(name, "information_schema") != 0;
}

bool is_whole_relation(const FormData_pg_class *form)
{
    if (form->oid < FirstNormalObjectId || relation_kind(form->relkind) == nullptr) return false;
    if (form->relpersistence == RELPERSISTENCE_TEMP || !is_user_schema(form->relnamespace)) return false;
    if (form->relkind == RELKIND_INDEX || form->relkind == RELKIND_PARTITIONED_INDEX) {
        return !form->relispartition && !OidIsValid(constraint_of_index(form->oid));
    }
    if (form->relkind == RELKIND_SEQUENCE) return !OidIsValid(column_of_sequence(form->oid, true).table);
    return true;
}

bool is_read_through_locks(const FormData_pg_class *form)
{
    bool found = form->relhasrules || form->relrowsecurity || form->relkind == RELKIND_VIEW || form->relkind == RELKIND_MATVIEW;
    // Policies are read also where row security is off.
    if (!found) {
        scan(PolicyRelationId, PolicyPolrelidPolnameIndexId, key_oid(Anum_pg_policy_polrelid, form->oid), [&found](HeapTuple, TupleDesc) { found = true; });
    }
    return found;
}

bool is_whole_type(const FormData_pg_type *form)
{
    if (form->oid < FirstNormalObjectId || !is_user_schema(form->typnamespace)) return false;
    // A shell: a name for what CREATE TYPE is still to say.
    if (!form->typisdefined) return form->typtype == TYPTYPE_PSEUDO;
    switch (form->typtype) {
        case TYPTYPE_ENUM:
        case TYPTYPE_DOMAIN:
        case TYPTYPE_RANGE: return true;
        case TYPTYPE_BASE: return !is_array_of_another(form);
        case TYPTYPE_COMPOSITE: return relkind_of(form->typrelid) == RELKIND_COMPOSITE_TYPE;
        default: return false;
    }
}

bool is_whole_function(const FormData_pg_proc *form)
{
    return form->oid >= FirstNormalObjectId && is_user_schema(form->pronamespace) && !OidIsValid(constructed_type(form));
}

bool is_recorded(const ObjectAddress &address)
{
    const Oid oid = address.objectId;
    if (address.objectSubId != 0) return false;
    switch (address.classId) {
        case RelationRelationId: return test_cached<FormData_pg_class>(RELOID, oid, is_whole_relation);
        case TypeRelationId: return test_cached<FormData_pg_type>(TYPEOID, oid, is_whole_type);
        case ProcedureRelationId: return test_cached<FormData_pg_proc>(PROCOID, oid, is_whole_function);
        case NamespaceRelationId:
            return (oid >= FirstNormalObjectId || oid == PG_PUBLIC_NAMESPACE) && is_user_schema(oid);
        case ExtensionRelationId: {
            const char *const name = get_extension_name(oid);
            return name != nullptr && std::strcmp(name, guard_name) != 0;
        }
        case EventTriggerRelationId:
            return test_cached<FormData_pg_event_trigger>(
                EVENTTRIGGEROID, oid, [](const FormData_pg_event_trigger *form) { return !is_guard_function(form->evtfoid); });
        // The server makes one from a range to its multirange.
        case CastRelationId: return oid >= FirstNormalObjectId && !OidIsValid(made_for(CastRelationId, oid));
        // Those of pg_catalog come from the machine, one for each encoding.
        case CollationRelationId: return is_user_object(address) && get_object_namespace(&address) != PG_CATALOG_NAMESPACE;
        default: return has_reader(address.classId) && is_user_object(address);
    }
}

ObjectAddress container(const ObjectAddress &address)
{
    switch (address.classId) {
        case RelationRelationId: return container_of_relation(address.objectId);
        case TypeRelationId: return container_of_type(address.objectId);
        case ProcedureRelationId: return container_of_function(address.objectId);
        case ConstraintRelationId: return container_of_constraint(address);
        case AttrDefaultRelationId:
            return relation_of_part(address, AttrDefaultOidIndexId, Anum_pg_attrdef_oid, &FormData_pg_attrdef::adrelid);
        case TriggerRelationId:
            return relation_of_part(address, TriggerOidIndexId, Anum_pg_trigger_oid, &FormData_pg_trigger::tgrelid);
        case RewriteRelationId:
            return relation_of_part(address, RewriteOidIndexId, Anum_pg_rewrite_oid, &FormData_pg_rewrite::ev_class);
        case PolicyRelationId:
            return relation_of_part(address, PolicyOidIndexId, Anum_pg_policy_oid, &FormData_pg_policy::polrelid);
        case CastRelationId: {
            const Oid type = made_for(CastRelationId, address.objectId);
            return OidIsValid(type) ? address_of(TypeRelationId, type) : address_of(CastRelationId, address.objectId);
        }
        case AccessMethodOperatorRelationId:
            return container_of_entry(address, AccessMethodOperatorOidIndexId, Anum_pg_amop_oid, &FormData_pg_amop::amopfamily);
        case AccessMethodProcedureRelationId:
            return container_of_entry(address, AccessMethodProcedureOidIndexId, Anum_pg_amproc_oid, &FormData_pg_amproc::amprocfamily);
        case PublicationRelRelationId:
            return container_in_cache(address, PUBLICATIONREL, PublicationRelationId, &FormData_pg_publication_rel::prpubid);
        case PublicationNamespaceRelationId:
            return container_in_cache(address, PUBLICATIONNAMESPACE, PublicationRelationId, &FormData_pg_publication_namespace::pnpubid);
        default: return address_of(address.classId, address.objectId);
    }
}

}  // namespace catalog
