#include "catalog/stamp_pass.hpp"

#include "catalog/scan.hpp"
#include "catalog/secret.hpp"
#include "catalog/stamp_layout.hpp"

namespace catalog {
namespace {

using core::Stamp;
using Node = Stamps::Node;
using Mention = Stamps::Mention;

constexpr std::uint32_t common_node = UINT32_MAX;

class Pass : public PassResult {
  public:
    Pass() : snapshot_(RegisterSnapshot(GetLatestSnapshot())), own_(GetTopTransactionIdIfAny())
    {
        // About what the catalogs will need: moving a table of many costs as much as filling it.
        const Relation relations = table_open(RelationRelationId, AccessShareLock);
        constexpr BlockNumber nodes_in_block = 128;
        room_ = static_cast<std::size_t>(RelationGetNumberOfBlocks(relations)) * nodes_in_block + 1024;
        table_close(relations, AccessShareLock);
        nodes = static_cast<Node *>(MemoryContextAllocHuge(CurrentMemoryContext, room_ * sizeof(Node)));
        std::uint32_t count = 4096;
        while (count < room_ * 2 && count < (1U << 30)) count *= 2;
        make_slots(count);
    }

    void run()
    {
        List *catalogs = NIL;
        each_row(RelationRelationId, [&catalogs](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_class>(tuple);
            const bool catalog = form->relnamespace == PG_CATALOG_NAMESPACE && form->relkind == RELKIND_RELATION && !form->relisshared;
            if (catalog && form->oid < FirstNormalObjectId && !is_left_out(form->oid)) catalogs = lappend_oid(catalogs, form->oid);
        });
        for (int i = 0; i < list_length(catalogs); ++i) add_catalog(list_nth_oid(catalogs, i));
        add_subscriptions();
        add_names(AuthIdRelationId, Anum_pg_authid_rolname);
        add_names(TableSpaceRelationId, Anum_pg_tablespace_spcname);
        add_database();
        common.add(core::row_stamp(0, secret_key_mark(), 0));
        UnregisterSnapshot(snapshot_);
        make_groups();
    }

  private:
    template <typename Each>
    void each_row(Oid catalog, Each each)
    {
        const Relation relation = table_open(catalog, AccessShareLock);
        const TableScanDesc rows = table_beginscan_strat(relation, snapshot_, 0, nullptr, true, false);
        for (HeapTuple tuple = heap_getnext(rows, ForwardScanDirection); HeapTupleIsValid(tuple); tuple = heap_getnext(rows, ForwardScanDirection)) {
            CHECK_FOR_INTERRUPTS();
            each(tuple, RelationGetDescr(relation));
        }
        table_endscan(rows);
        table_close(relation, AccessShareLock);
    }

    void make_slots(std::uint32_t count)
    {
        if (slots != nullptr) pfree(slots);
        slots = static_cast<std::uint32_t *>(MemoryContextAllocExtended(CurrentMemoryContext, count * sizeof(std::uint32_t), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO));
        slot_mask = count - 1;
        for (std::uint32_t i = 0; i < node_count; ++i) {
            std::uint32_t at = hash_of(nodes[i].object) & slot_mask;
            while (slots[at] != 0) at = (at + 1) & slot_mask;
            slots[at] = i + 1;
        }
    }

    std::uint32_t node_of(Oid catalog, Oid object)
    {
        if (is_systems(catalog, object)) return common_node;
        if (last_ < node_count && nodes[last_].object == object && nodes[last_].catalog == catalog) return last_;
        std::uint32_t at = hash_of(object) & slot_mask;
        for (; slots[at] != 0; at = (at + 1) & slot_mask) {
            const Node &node = nodes[slots[at] - 1];
            if (node.object == object && node.catalog == catalog) return last_ = slots[at] - 1;
        }
        if (node_count == room_) {
            room_ *= 2;
            nodes = static_cast<Node *>(repalloc_huge(nodes, room_ * sizeof(Node)));
        }
        nodes[node_count] = Node{catalog, object, node_count, 0, {}, false};
        slots[at] = ++node_count;
        if (node_count > slot_mask / 2) make_slots((slot_mask + 1) * 2);
        return last_ = node_count - 1;
    }

    std::uint32_t root_of(std::uint32_t node)
    {
        while (nodes[node].group != node) node = nodes[node].group = nodes[nodes[node].group].group;
        return node;
    }

    void join(std::uint32_t node, Oid catalog, Oid object)
    {
        if (node == common_node || !OidIsValid(object)) return;
        const std::uint32_t other = node_of(catalog, object);
        if (other == common_node) return;
        const std::uint32_t left = root_of(node);
        const std::uint32_t right = root_of(other);
        // The lower number stays: chains are short.
        if (left != right) nodes[std::max(left, right)].group = std::min(left, right);
    }

    void mention(std::uint32_t node, Oid object)
    {
        if (node == common_node || !may_be_users(object) || object == nodes[node].object) return;
        if (mention_count > 0 && mentions[mention_count - 1].node == node && mentions[mention_count - 1].object == object) return;
        if (mention_count == mention_room_) {
            mention_room_ = mention_room_ == 0 ? 1024 : mention_room_ * 2;
            mentions = static_cast<Mention *>(mentions == nullptr ? palloc(mention_room_ * sizeof(Mention))
                                                                  : repalloc_huge(mentions, mention_room_ * sizeof(Mention)));
        }
        mentions[mention_count++] = Mention{node, object};
    }

    void count_row(std::uint32_t node, Oid catalog, HeapTuple tuple, bool for_all)
    {
        const TransactionId writer = HeapTupleHeaderGetRawXmin(tuple->t_data);
        const std::uint64_t place = (std::uint64_t{ItemPointerGetBlockNumber(&tuple->t_self)} << 16) | ItemPointerGetOffsetNumber(&tuple->t_self);
        const Stamp stamp = core::row_stamp(catalog, place, writer);
        if (for_all || node == common_node) common.add(stamp);
        if (node == common_node) return;
        nodes[node].stamp.add(stamp);
        if (TransactionIdIsValid(own_) && !HeapTupleHeaderXminFrozen(tuple->t_data) && TransactionIdIsCurrentTransactionId(writer)) nodes[node].own = true;
    }

    void add_catalog(Oid catalog)
    {
        const Relation relation = table_open(catalog, AccessShareLock);
        const TupleDesc descriptor = RelationGetDescr(relation);
        const Layout layout = layout_of(catalog, descriptor);
        // A rewritten catalog has its rows in other places.
        common.add(core::row_stamp(catalog, pg::compat::file_of(relation), InvalidTransactionId));
        table_close(relation, AccessShareLock);
        if (catalog == DependRelationId) {
            add_dependencies();
            return;
        }
        const bool for_all = is_common(catalog);
        each_row(catalog, [&](HeapTuple tuple, TupleDesc columns) { add_row(catalog, layout, for_all, tuple, columns); });
    }

    void add_row(Oid catalog, const Layout &layout, bool for_all, HeapTuple tuple, TupleDesc columns)
    {
        // System columns are as they were made as long as there is the table.
        if (catalog == AttributeRelationId && form_of<FormData_pg_attribute>(tuple)->attnum < 0) return;
        const PartOf *const part = layout.part;
        const char *const data = reinterpret_cast<const char *>(tuple->t_data) + tuple->t_data->t_hoff;
        const auto oid_at = [data](int offset) { return *reinterpret_cast<const Oid *>(data + offset); };
        Oid whole = InvalidOid;
        Oid whole_catalog = InvalidOid;
        if (part != nullptr) {
            whole = oid_at(layout.whole);
            whole_catalog = part->catalog_column == 0 ? part->whole_catalog : oid_at(layout.whole_catalog);
        }
        std::uint32_t node = common_node;
        if (layout.has_oid) {
            node = node_of(catalog, oid_at(0));
            if (node != common_node) nodes[node].place = ++places_;
            join(node, whole_catalog, whole);
        } else if (part != nullptr) {
            node = node_of(whole_catalog, whole);
        }
        join_more(node, catalog, tuple);
        count_row(node, catalog, tuple, for_all || is_found_by_name(catalog, tuple));
        if (node == common_node) return;
        for (int i = 0; i < layout.fixed; ++i) mention(node, oid_at(layout.offset[i]));
        for (int i = 0; i < layout.arrays; ++i) {
            const Field stored = field(tuple, columns, layout.array[i]);
            if (!stored.null) mention_all(node, stored.value, layout.is_vector[i]);
        }
    }

    // What stands among the system's own objects can be meant by names that are not qualified: whether another one's
    // must be, in whatever text, depends on it.
    static bool is_found_by_name(Oid catalog, HeapTuple tuple)
    {
        switch (catalog) {
            case ProcedureRelationId: return form_of<FormData_pg_proc>(tuple)->pronamespace == PG_CATALOG_NAMESPACE;
            case TypeRelationId: return form_of<FormData_pg_type>(tuple)->typnamespace == PG_CATALOG_NAMESPACE;
            case RelationRelationId: return form_of<FormData_pg_class>(tuple)->relnamespace == PG_CATALOG_NAMESPACE;
            default: return false;
        }
    }

    void mention_all(std::uint32_t node, Datum stored, bool is_vector)
    {
        if (is_vector) {
            const auto *const vector = reinterpret_cast<const oidvector *>(DatumGetPointer(stored));
            for (int i = 0; i < vector->dim1; ++i) mention(node, vector->values[i]);
            return;
        }
        ArrayType *const array = DatumGetArrayTypeP(stored);
        const int count = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));
        const auto *const items = reinterpret_cast<const Oid *>(ARR_DATA_PTR(array));
        for (int i = 0; !ARR_HASNULL(array) && i < count; ++i) mention(node, items[i]);
        if (reinterpret_cast<Datum>(array) != stored) pfree(array);
    }

    // What the table of parts cannot say.
    void join_more(std::uint32_t node, Oid catalog, HeapTuple tuple)
    {
        switch (catalog) {
            case RelationRelationId: join(node, RelationRelationId, form_of<FormData_pg_class>(tuple)->reltoastrelid); break;
            case TypeRelationId: join(node, RelationRelationId, form_of<FormData_pg_type>(tuple)->typrelid); break;
            case IndexRelationId: join(node, RelationRelationId, form_of<FormData_pg_index>(tuple)->indrelid); break;
            case ConstraintRelationId: {
                const auto *const form = form_of<FormData_pg_constraint>(tuple);
                join(node, RelationRelationId, form->conrelid);
                if (!OidIsValid(form->conrelid)) join(node, TypeRelationId, form->contypid);
                break;
            }
            case TriggerRelationId: {
                // Those on the table that a foreign key refers to are parts of the key.
                const auto *const form = form_of<FormData_pg_trigger>(tuple);
                join(node, ConstraintRelationId, form->tgconstraint);
                if (!OidIsValid(form->tgconstraint)) join(node, RelationRelationId, form->tgrelid);
                break;
            }
            default: break;
        }
    }

    void add_dependencies()
    {
        each_row(DependRelationId, [this](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_depend>(tuple);
            const std::uint32_t node = node_of(form->classid, form->objid);
            count_row(node, DependRelationId, tuple, false);
            if (form->deptype == DEPENDENCY_INTERNAL) {
                join(node, form->refclassid, form->refobjid);
            } else {
                mention(node, form->refobjid);
            }
        });
    }

    // Of all databases in one catalog.
    void add_subscriptions()
    {
        each_row(SubscriptionRelationId, [this](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_subscription>(tuple);
            if (form->subdbid != MyDatabaseId) return;
            const std::uint32_t node = node_of(SubscriptionRelationId, form->oid);
            if (node != common_node) nodes[node].place = ++places_;
            count_row(node, SubscriptionRelationId, tuple, false);
        });
    }

    // Of what all databases share only the name shows.
    void add_names(Oid catalog, AttrNumber name)
    {
        each_row(catalog, [this, catalog, name](HeapTuple tuple, TupleDesc columns) {
            const Oid object = DatumGetObjectId(field(tuple, columns, 1).value);
            const char *const text = NameStr(*DatumGetName(field(tuple, columns, name).value));
            const auto length = static_cast<int>(std::strlen(text));
            const std::uint64_t hash = DatumGetUInt64(hash_any_extended(reinterpret_cast<const unsigned char *>(text), length, 0));
            const Stamp stamp = core::row_stamp(catalog, hash, object);
            const std::uint32_t node = node_of(catalog, object);
            if (node == common_node) {
                common.add(stamp);
            } else {
                nodes[node].place = ++places_;
                nodes[node].stamp.add(stamp);
            }
        });
    }

    // What stands for the default of tables and indexes.
    void add_database()
    {
        each_row(DatabaseRelationId, [this](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_database>(tuple);
            if (form->oid == MyDatabaseId) common.add(core::row_stamp(DatabaseRelationId, form->dattablespace, form->oid));
        });
    }

    bool comes_before(std::uint32_t left, std::uint32_t right) const
    {
        return nodes[left].object != nodes[right].object ? nodes[left].object < nodes[right].object : nodes[left].catalog < nodes[right].catalog;
    }

    void make_groups()
    {
        auto *const number = static_cast<std::uint32_t *>(MemoryContextAllocHuge(CurrentMemoryContext, (node_count + 1) * sizeof(std::uint32_t)));
        for (std::uint32_t i = 0; i < node_count; ++i) {
            if (root_of(i) == i) number[i] = group_count++;
        }
        for (std::uint32_t i = 0; i < node_count; ++i) {
            if (nodes[i].group != i) number[i] = number[root_of(i)];
        }
        groups = static_cast<Stamps::Group *>(MemoryContextAllocHuge(CurrentMemoryContext, (group_count + 1) * sizeof(Stamps::Group)));
        for (std::uint32_t i = 0; i < group_count; ++i) groups[i] = Stamps::Group{common_node, {}, false};
        for (std::uint32_t i = 0; i < node_count; ++i) {
            Stamps::Group &group = groups[nodes[i].group = number[i]];
            if (group.head == common_node || comes_before(i, group.head)) group.head = i;
            group.stamp.add(nodes[i].stamp);
            group.own = group.own || nodes[i].own;
        }
        pfree(number);
    }

    Snapshot snapshot_;
    TransactionId own_;
    std::size_t room_ = 0;
    std::size_t mention_room_ = 0;
    std::uint32_t last_ = 0;
    std::uint32_t places_ = 0;
};
static_assert(std::is_trivially_destructible_v<Pass>);

}  // namespace

PassResult pass_over_catalogs()
{
    Pass pass;
    pass.run();
    return pass;
}

}  // namespace catalog
