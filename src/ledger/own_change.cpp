#include "ledger/own_change.hpp"

#include "catalog/scan.hpp"
#include "ledger/version.hpp"

namespace ledger {
namespace {

using catalog::form_of;
using catalog::key_int4;
using catalog::key_oid;
using catalog::scan;

// Everything here but the last function runs inside pg::call.

template <std::size_t Count>
bool any_own(Oid catalog, Oid index, const std::array<ScanKeyData, Count> &keys)
{
    bool found = false;
    each_version(catalog, index, keys, [&found](HeapTuple tuple) {
        const Version version = version_of(tuple);
        found = found || version == Version::own || version == Version::removed;
    });
    return found;
}

bool any_own(Oid catalog, Oid index, AttrNumber column, Oid value)
{
    return any_own(catalog, index, std::array{key_oid(column, value)});
}

bool described(core::Address address)
{
    return any_own(DescriptionRelationId, DescriptionObjIndexId,
                   std::array{key_oid(Anum_pg_description_objoid, address.objid), key_oid(Anum_pg_description_classoid, address.classid),
                              key_int4(Anum_pg_description_objsubid, address.objsubid)});
}

bool depends(core::Address address)
{
    return any_own(DependRelationId, DependDependerIndexId,
                   std::array{key_oid(Anum_pg_depend_classid, address.classid), key_oid(Anum_pg_depend_objid, address.objid)});
}

bool own_row(core::Address address)
{
    if (!is_objectclass_supported(address.classid)) return false;
    const Oid index = get_object_oid_index(address.classid);
    return OidIsValid(index) && any_own(address.classid, index, get_object_attnum_oid(address.classid), address.objid);
}

bool column_changed(core::Address address)
{
    const auto number = Int16GetDatum(static_cast<int16>(address.objsubid));
    ScanKeyData attribute;
    ScanKeyInit(&attribute, Anum_pg_attribute_attnum, BTEqualStrategyNumber, F_INT2EQ, number);
    ScanKeyData defaulted;
    ScanKeyInit(&defaulted, Anum_pg_attrdef_adnum, BTEqualStrategyNumber, F_INT2EQ, number);
    return any_own(AttributeRelationId, AttributeRelidNumIndexId, std::array{key_oid(Anum_pg_attribute_attrelid, address.objid), attribute}) ||
           any_own(AttrDefaultRelationId, AttrDefaultIndexId, std::array{key_oid(Anum_pg_attrdef_adrelid, address.objid), defaulted}) ||
           described(address);
}

// Of an index: what is said of it, of its columns and of its state.
bool index_changed(Oid index)
{
    return own_row({RelationRelationId, index, 0}) || described({RelationRelationId, index, 0}) ||
           any_own(IndexRelationId, IndexRelidIndexId, Anum_pg_index_indexrelid, index) ||
           any_own(AttributeRelationId, AttributeRelidNumIndexId, Anum_pg_attribute_attrelid, index);
}

// A table also tells of constraints, triggers and indexes that it has from its parents.
bool inherited_part_changed(Oid relation)
{
    if (any_own(TriggerRelationId, TriggerRelidNameIndexId, Anum_pg_trigger_tgrelid, relation) ||
        any_own(ConstraintRelationId, ConstraintRelidTypidNameIndexId, Anum_pg_constraint_conrelid, relation)) {
        return true;
    }
    bool found = false;
    scan(ConstraintRelationId, ConstraintRelidTypidNameIndexId, key_oid(Anum_pg_constraint_conrelid, relation), [&found](HeapTuple tuple, TupleDesc) {
        const Oid constraint = form_of<FormData_pg_constraint>(tuple)->oid;
        found = found || described({ConstraintRelationId, constraint, 0}) ||
                any_own(TriggerRelationId, TriggerConstraintIndexId, Anum_pg_trigger_tgconstraint, constraint);
    });
    scan(TriggerRelationId, TriggerRelidNameIndexId, key_oid(Anum_pg_trigger_tgrelid, relation), [&found](HeapTuple tuple, TupleDesc) {
        found = found || described({TriggerRelationId, form_of<FormData_pg_trigger>(tuple)->oid, 0});
    });
    scan(IndexRelationId, IndexIndrelidIndexId, key_oid(Anum_pg_index_indrelid, relation), [&found](HeapTuple tuple, TupleDesc) {
        found = found || index_changed(form_of<FormData_pg_index>(tuple)->indexrelid);
    });
    return found;
}

// An identity's sequence, and on 18 the constraint NOT NULL, are told by the column.
bool column_part_changed(core::Address address)
{
    bool found = false;
    const auto look_at_sequence = [&found](Oid sequence) {
        found = found || own_row({RelationRelationId, sequence, 0}) || described({RelationRelationId, sequence, 0}) ||
                any_own(SequenceRelationId, SequenceRelidIndexId, Anum_pg_sequence_seqrelid, sequence);
    };
    scan(DependRelationId, DependReferenceIndexId,
         std::array{key_oid(Anum_pg_depend_refclassid, RelationRelationId), key_oid(Anum_pg_depend_refobjid, address.objid),
                    key_int4(Anum_pg_depend_refobjsubid, address.objsubid)},
         [&look_at_sequence](HeapTuple tuple, TupleDesc) {
             const auto *const form = form_of<FormData_pg_depend>(tuple);
             if (form->classid == RelationRelationId && form->deptype == DEPENDENCY_INTERNAL) look_at_sequence(form->objid);
         });
    constexpr char not_null = 'n';
    each_version(ConstraintRelationId, ConstraintRelidTypidNameIndexId, std::array{key_oid(Anum_pg_constraint_conrelid, address.objid)},
                 [&found](HeapTuple tuple) {
                     const auto *const form = form_of<FormData_pg_constraint>(tuple);
                     if (form->contype != not_null) return;
                     const Version version = version_of(tuple);
                     found = found || version == Version::own || version == Version::removed || described({ConstraintRelationId, form->oid, 0});
                 });
    return found;
}

bool constraint_changed(Oid constraint)
{
    if (any_own(TriggerRelationId, TriggerConstraintIndexId, Anum_pg_trigger_tgconstraint, constraint)) return true;
    const Oid index = get_constraint_index(constraint);
    return OidIsValid(index) && index_changed(index);
}

Oid toast_table(Oid relation)
{
    const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
    if (!HeapTupleIsValid(tuple)) return InvalidOid;
    const Oid toast = reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple))->reltoastrelid;
    ReleaseSysCache(tuple);
    return toast;
}

bool relation_changed(Oid relation)
{
    const Oid toast = toast_table(relation);
    // An index tells of its columns itself.
    const char kind = get_rel_relkind(relation);
    const bool is_index = kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX;
    return (is_index && any_own(AttributeRelationId, AttributeRelidNumIndexId, Anum_pg_attribute_attrelid, relation)) ||
           any_own(IndexRelationId, IndexIndrelidIndexId, Anum_pg_index_indrelid, relation) ||
           any_own(IndexRelationId, IndexRelidIndexId, Anum_pg_index_indexrelid, relation) ||
           any_own(InheritsRelationId, InheritsRelidSeqnoIndexId, Anum_pg_inherits_inhrelid, relation) ||
           any_own(RewriteRelationId, RewriteRelRulenameIndexId, Anum_pg_rewrite_ev_class, relation) ||
           any_own(PartitionedRelationId, PartitionedRelidIndexId, Anum_pg_partitioned_table_partrelid, relation) ||
           any_own(SequenceRelationId, SequenceRelidIndexId, Anum_pg_sequence_seqrelid, relation) ||
           any_own(ForeignTableRelationId, ForeignTableRelidIndexId, Anum_pg_foreign_table_ftrelid, relation) ||
           (OidIsValid(toast) && own_row({RelationRelationId, toast, 0})) || inherited_part_changed(relation);
}

bool type_changed(Oid type)
{
    const Oid relation = get_typ_typrelid(type);
    return any_own(EnumRelationId, EnumTypIdSortOrderIndexId, Anum_pg_enum_enumtypid, type) ||
           any_own(RangeRelationId, RangeTypidIndexId, Anum_pg_range_rngtypid, type) ||
           (OidIsValid(relation) && own_row({RelationRelationId, relation, 0}));
}

// The entries of its family: one that went with an operator leaves the rows of class and family alone.
bool entries_changed(Oid family)
{
    return any_own(AccessMethodOperatorRelationId, AccessMethodStrategyIndexId, Anum_pg_amop_amopfamily, family) ||
           any_own(AccessMethodProcedureRelationId, AccessMethodProcedureIndexId, Anum_pg_amproc_amprocfamily, family);
}

Oid family_of(Oid opclass)
{
    const HeapTuple tuple = SearchSysCache1(CLAOID, ObjectIdGetDatum(opclass));
    if (!HeapTupleIsValid(tuple)) return InvalidOid;
    const Oid family = form_of<FormData_pg_opclass>(tuple)->opcfamily;
    ReleaseSysCache(tuple);
    return family;
}

bool published_changed(Oid publication)
{
    bool found = any_own(PublicationRelRelationId, PublicationRelPrpubidIndexId, Anum_pg_publication_rel_prpubid, publication);
    each_version(PublicationNamespaceRelationId, PublicationNamespacePnnspidPnpubidIndexId, std::array<ScanKeyData, 0>{}, [&](HeapTuple tuple) {
        if (form_of<FormData_pg_publication_namespace>(tuple)->pnpubid != publication) return;
        const Version version = version_of(tuple);
        found = found || version == Version::own || version == Version::removed;
    });
    return found;
}

bool changed(core::Address address)
{
    if (address.classid == RelationRelationId && address.objsubid != 0) return column_changed(address) || column_part_changed(address);
    if (own_row(address) || described(address) || depends(address)) return true;
    switch (address.classid) {
        case RelationRelationId: return relation_changed(address.objid);
        case TypeRelationId: return type_changed(address.objid);
        case ConstraintRelationId: return constraint_changed(address.objid);
        case ProcedureRelationId: return any_own(AggregateRelationId, AggregateFnoidIndexId, Anum_pg_aggregate_aggfnoid, address.objid);
        case OperatorClassRelationId: return entries_changed(family_of(address.objid));
        case OperatorFamilyRelationId: return entries_changed(address.objid);
        case PublicationRelationId: return published_changed(address.objid);
        case TSConfigRelationId: return any_own(TSConfigMapRelationId, TSConfigMapIndexId, Anum_pg_ts_config_map_mapcfg, address.objid);
        default: return false;
    }
}

}  // namespace

bool changed_in_this_transaction(core::Address address)
{
    return pg::call([address] { return changed(address); });
}

}  // namespace ledger
