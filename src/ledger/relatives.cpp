#include "catalog/inheritance.hpp"
#include "ledger/items.hpp"
#include "ledger/version.hpp"

// All of it inside pg::call.
namespace ledger {
namespace {

// Whether the transaction took the relation, which has no parent, from one.
bool was_attached(Oid relation)
{
    bool removed = false;
    each_version(InheritsRelationId, InheritsRelidSeqnoIndexId, std::array{catalog::key_oid(Anum_pg_inherits_inhrelid, relation)}, [&removed](HeapTuple tuple) {
        const Version version = version_of(tuple);
        removed = removed || version == Version::removed || version == Version::own;
    });
    return removed;
}

// An index attached to its parent's is no object of its own, and becomes one when it is let go.
void add_indexes(Items *items, Oid table, bool in_extension)
{
    catalog::scan(IndexRelationId, IndexIndrelidIndexId, catalog::key_oid(Anum_pg_index_indrelid, table), [&](HeapTuple tuple, TupleDesc) {
        const Oid index = catalog::form_of<FormData_pg_index>(tuple)->indexrelid;
        const Cause let_go = was_attached(index) ? Cause::released : Cause::indirect;
        items->add(RelationRelationId, index, in_extension, get_rel_relispartition(index) ? Cause::absorbed : let_go);
    });
}

// Calls each(dependent, form) for what the catalog says depends on the object.
template <typename Each>
void each_dependent(const ObjectAddress &object, Each each)
{
    const std::array keys{catalog::key_oid(Anum_pg_depend_refclassid, object.classId), catalog::key_oid(Anum_pg_depend_refobjid, object.objectId)};
    catalog::scan(DependRelationId, DependReferenceIndexId, keys, [&](HeapTuple tuple, TupleDesc) {
        const auto *const form = catalog::form_of<FormData_pg_depend>(tuple);
        if (object.objectSubId != 0 && form->refobjsubid != object.objectSubId) return;
        if (form->classid == object.classId && form->objid == object.objectId) return;
        ObjectAddress dependent;
        ObjectAddressSubSet(dependent, form->classid, form->objid, form->objsubid);
        each(dependent, form);
    });
}

// Whether a new name of the object shows in what depends on its dependent.
bool is_mentioned_through(const ObjectAddress &object, const FormData_pg_depend *form)
{
    // What a schema or an extension holds is mentioned with the schema's name.
    if (object.classId == NamespaceRelationId || object.classId == ExtensionRelationId) return true;
    // A row type, an array type and a multirange have no name of their own.
    return form->classid == TypeRelationId && form->deptype == DEPENDENCY_INTERNAL;
}

// The partition that ATTACH or DETACH is about; where the server does not tell, those whose
// rows came or went in this transaction.
template <typename Each>
void each_partition(Oid parent, Oid told, bool attached, Each each)
{
    if (OidIsValid(told) && told != parent) {
        if (get_rel_relispartition(told) == attached) each(told);
        return;
    }
    each_version(InheritsRelationId, InheritsParentIndexId, std::array{catalog::key_oid(Anum_pg_inherits_inhparent, parent)}, [&](HeapTuple tuple) {
        const Version version = version_of(tuple);
        if (version != Version::own && version != Version::removed) return;
        const Oid partition = reinterpret_cast<const FormData_pg_inherits *>(GETSTRUCT(tuple))->inhrelid;
        if (get_rel_relispartition(partition) == attached) each(partition);
    });
}

void add_partitions(Items *items, Oid parent, Oid told, bool attached, bool in_extension)
{
    each_partition(parent, told, attached, [&](Oid partition) {
        items->add(RelationRelationId, partition, in_extension, Cause::named);
        add_indexes(items, partition, in_extension);
        add_heirs(items, partition, in_extension);
    });
}

Oid type_of_table(Oid relation)
{
    const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple)) return InvalidOid;
    const Oid type = reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple))->reloftype;
    ReleaseSysCache(tuple);
    return type;
}

}  // namespace

void add_heirs(Items *items, Oid relation, bool in_extension)
{
    const char kind = get_rel_relkind(relation);
    if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE && kind != RELKIND_FOREIGN_TABLE) return;
    if (!has_subclass(relation)) return;
    List *const heirs = catalog::heirs_of(relation);
    for (int i = 1; i < list_length(heirs); ++i) {
        items->add(RelationRelationId, list_nth_oid(heirs, i), in_extension, Cause::indirect);
    }
}

void add_dependents(Items *items, const ObjectAddress &object, bool in_extension)
{
    check_stack_depth();
    each_dependent(object, [&](const ObjectAddress &dependent, const FormData_pg_depend *form) {
        items->add(dependent, in_extension, Cause::indirect);
        if (is_mentioned_through(object, form)) add_dependents(items, dependent, in_extension);
    });
}

void add_dependents_of_heirs(Items *items, const ObjectAddress &column, bool in_extension)
{
    const char *const name = get_attname(column.objectId, static_cast<AttrNumber>(column.objectSubId), true);
    if (name == nullptr || !has_subclass(column.objectId)) return;
    List *const heirs = catalog::heirs_of(column.objectId);
    for (int i = 1; i < list_length(heirs); ++i) {
        ObjectAddress inherited;
        ObjectAddressSubSet(inherited, RelationRelationId, list_nth_oid(heirs, i), get_attnum(list_nth_oid(heirs, i), name));
        if (inherited.objectSubId > 0) add_dependents(items, inherited, in_extension);
    }
}

void add_owned_sequences(Items *items, Oid table, bool in_extension)
{
    List *const sequences = getOwnedSequences(table);
    for (int i = 0; i < list_length(sequences); ++i) {
        items->add(RelationRelationId, list_nth_oid(sequences, i), in_extension, Cause::indirect);
    }
}

void add_detached(Items *items, Oid parent, Oid told, bool in_extension) { add_partitions(items, parent, told, false, in_extension); }

void add_attached(Items *items, Oid parent, Oid told, bool in_extension)
{
    if (get_rel_relkind(parent) == RELKIND_PARTITIONED_TABLE) return add_partitions(items, parent, told, true, in_extension);
    each_partition(parent, told, true, [&](Oid index) {
        items->add(RelationRelationId, index, in_extension, Cause::absorbed);
        // Its table, and its constraint there, have a parent's now.
        items->add(RelationRelationId, IndexGetRelation(index, true), in_extension, Cause::indirect);
    });
    // The last index that was missing makes the parent's valid, and maybe the one above that.
    if (!get_rel_relispartition(parent)) return;
    List *const ancestors = get_partition_ancestors(parent);
    for (int i = 0; i < list_length(ancestors); ++i) {
        items->add(RelationRelationId, list_nth_oid(ancestors, i), in_extension, Cause::indirect);
    }
}

void add_referencing(Items *items, Oid relation, bool in_extension)
{
    List *const relations = catalog::heirs_of(relation);
    for (int i = 0; i < list_length(relations); ++i) {
        ObjectAddress referenced;
        ObjectAddressSet(referenced, RelationRelationId, list_nth_oid(relations, i));
        each_dependent(referenced, [&](const ObjectAddress &dependent, const FormData_pg_depend *) {
            if (dependent.classId == ConstraintRelationId) items->add(dependent, in_extension, Cause::indirect);
        });
    }
}

void add_typed_tables(Items *items, Oid composite, bool in_extension)
{
    ObjectAddress type;
    ObjectAddressSet(type, TypeRelationId, get_rel_type_id(composite));
    each_dependent(type, [&](const ObjectAddress &dependent, const FormData_pg_depend *) {
        if (dependent.classId != RelationRelationId || type_of_table(dependent.objectId) != type.objectId) return;
        items->add(RelationRelationId, dependent.objectId, in_extension, Cause::indirect);
        add_heirs(items, dependent.objectId, in_extension);
    });
}

}  // namespace ledger
