#include "catalog/stamp_layout.hpp"

namespace catalog {
namespace {

constexpr PartOf parts[] = {
    {AttributeRelationId, Anum_pg_attribute_attrelid, RelationRelationId, 0},
    {AttrDefaultRelationId, Anum_pg_attrdef_adrelid, RelationRelationId, 0},
    {IndexRelationId, Anum_pg_index_indexrelid, RelationRelationId, 0},
    {RewriteRelationId, Anum_pg_rewrite_ev_class, RelationRelationId, 0},
    {PolicyRelationId, Anum_pg_policy_polrelid, RelationRelationId, 0},
    {InheritsRelationId, Anum_pg_inherits_inhrelid, RelationRelationId, 0},
    {SequenceRelationId, Anum_pg_sequence_seqrelid, RelationRelationId, 0},
    {ForeignTableRelationId, Anum_pg_foreign_table_ftrelid, RelationRelationId, 0},
    {PartitionedRelationId, Anum_pg_partitioned_table_partrelid, RelationRelationId, 0},
    {EnumRelationId, Anum_pg_enum_enumtypid, TypeRelationId, 0},
    {RangeRelationId, Anum_pg_range_rngtypid, TypeRelationId, 0},
    {AccessMethodOperatorRelationId, Anum_pg_amop_amopfamily, OperatorFamilyRelationId, 0},
    {AccessMethodProcedureRelationId, Anum_pg_amproc_amprocfamily, OperatorFamilyRelationId, 0},
    {AggregateRelationId, Anum_pg_aggregate_aggfnoid, ProcedureRelationId, 0},
    {TSConfigMapRelationId, Anum_pg_ts_config_map_mapcfg, TSConfigRelationId, 0},
    {PublicationRelRelationId, Anum_pg_publication_rel_prpubid, PublicationRelationId, 0},
    {PublicationNamespaceRelationId, Anum_pg_publication_namespace_pnpubid, PublicationRelationId, 0},
    {DescriptionRelationId, Anum_pg_description_objoid, InvalidOid, Anum_pg_description_classoid},
    {SecLabelRelationId, Anum_pg_seclabel_objoid, InvalidOid, Anum_pg_seclabel_classoid},
    {InitPrivsRelationId, Anum_pg_init_privs_objoid, InvalidOid, Anum_pg_init_privs_classoid},
};

constexpr Oid left_out[] = {StatisticRelationId, StatisticExtDataRelationId, LargeObjectRelationId, LargeObjectMetadataRelationId,
                            SubscriptionRelRelationId};

constexpr Oid common_catalogs[] = {OperatorRelationId, OperatorClassRelationId, OperatorFamilyRelationId, AccessMethodOperatorRelationId,
                                   AccessMethodProcedureRelationId, CastRelationId, AccessMethodRelationId, LanguageRelationId,
                                   CollationRelationId, ConversionRelationId, TransformRelationId, TSParserRelationId, TSTemplateRelationId,
                                   TSDictionaryRelationId, TSConfigRelationId, TSConfigMapRelationId};

// Where columns hold many OIDs, all of them of what is common to all.
constexpr Oid plain_catalogs[] = {IndexRelationId, ConstraintRelationId, PartitionedRelationId};

template <std::size_t Count>
bool is_one_of(const Oid (&catalogs)[Count], Oid catalog)
{
    return std::find(std::begin(catalogs), std::end(catalogs), catalog) != std::end(catalogs);
}

int aligned(int offset, char alignment)
{
    const int unit = alignment == TYPALIGN_DOUBLE ? ALIGNOF_DOUBLE : alignment == TYPALIGN_INT ? ALIGNOF_INT : alignment == TYPALIGN_SHORT ? ALIGNOF_SHORT : 1;
    return (offset + unit - 1) / unit * unit;
}

}  // namespace

bool is_left_out(Oid catalog) { return is_one_of(left_out, catalog); }

bool is_common(Oid catalog) { return is_one_of(common_catalogs, catalog); }

Layout layout_of(Oid catalog, TupleDesc descriptor)
{
    const FormData_pg_attribute *const first = TupleDescAttr(descriptor, 0);
    const PartOf *const found = std::find_if(std::begin(parts), std::end(parts), [catalog](const PartOf &known) { return known.catalog == catalog; });
    const PartOf *const part = found != std::end(parts) ? found : nullptr;
    Layout layout{};
    layout.has_oid = first->atttypid == OIDOID && std::strcmp(NameStr(first->attname), "oid") == 0;
    layout.part = part;
    const bool with_arrays = !is_one_of(plain_catalogs, catalog);
    int offset = 0;
    bool is_fixed = true;
    for (int i = 0; i < descriptor->natts; ++i) {
        const FormData_pg_attribute *const column = TupleDescAttr(descriptor, i);
        const Oid type = column->atttypid;
        if (with_arrays && (type == OIDVECTOROID || type == OIDARRAYOID) && layout.arrays < Layout::most) {
            layout.is_vector[layout.arrays] = type == OIDVECTOROID;
            layout.array[layout.arrays++] = column->attnum;
        }
        is_fixed = is_fixed && column->attlen > 0 && column->attnotnull;
        if (!is_fixed) continue;
        offset = aligned(offset, column->attalign);
        if (part != nullptr && column->attnum == part->whole) layout.whole = offset;
        if (part != nullptr && column->attnum == part->catalog_column) layout.whole_catalog = offset;
        // A file is no object, whatever its number.
        const bool mentions = (type == OIDOID || type == REGPROCOID) && !(i == 0 && layout.has_oid) && std::strcmp(NameStr(column->attname), "relfilenode") != 0;
        if (mentions && layout.fixed < Layout::most) layout.offset[layout.fixed++] = offset;
        offset += column->attlen;
    }
    return layout;
}

}  // namespace catalog
