#include "catalog/stamp_pass.hpp"

#include "catalog/catalog_page.hpp"
#include "catalog/scan.hpp"
#include "catalog/secret.hpp"
#include "catalog/stamp_rows.hpp"

namespace catalog {
namespace {

using core::Stamp;

class Pass : public PassResult {
  public:
    explicit Pass(KeptPages *kept)
        : snapshot_(RegisterSnapshot(GetLatestSnapshot())), kept_(kept), nodes_(*kept->nodes()), scribe_(kept->nodes(), GetTopTransactionIdIfAny()),
          visible_(static_cast<VisibleRows *>(palloc(sizeof(VisibleRows))))
    {}

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
        ereport(DEBUG1, errmsg_internal("langchef_guard reads %u of %u pages of catalogs", pages_read_, pages_));
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

    void add_catalog(Oid catalog)
    {
        const Relation relation = table_open(catalog, AccessShareLock);
        const RowReader reader(relation);
        const Oid file = pg::compat::file_of(relation);
        // A rewritten catalog has its rows in other places.
        common.add(core::row_stamp(catalog, file, InvalidTransactionId));
        const BlockNumber blocks = RelationGetNumberOfBlocks(relation);
        KeptPage *const known = kept_->pages_of(catalog, file, blocks);
        // A large catalog shall not drive everything else out of the buffers.
        const auto strategy = blocks > static_cast<BlockNumber>(NBuffers) / 4 ? GetAccessStrategy(BAS_BULKREAD) : nullptr;
        for (BlockNumber block = 0; block < blocks; ++block) {
            CHECK_FOR_INTERRUPTS();
            const Buffer buffer = ReadBufferExtended(relation, MAIN_FORKNUM, block, RBM_NORMAL, strategy);
            // Without a lock: who writes the page at this moment has not committed, as far as the snapshot goes.
            if (known[block].record != nullptr && known[block].written == BufferGetLSNAtomic(buffer)) {
                add_page(*known[block].record);
            } else {
                read_page(relation, buffer, reader, &known[block]);
                ++pages_read_;
            }
            ReleaseBuffer(buffer);
        }
        pages_ += blocks;
        if (strategy != nullptr) FreeAccessStrategy(strategy);
        table_close(relation, AccessShareLock);
    }

    void read_page(Relation relation, Buffer buffer, const RowReader &reader, KeptPage *known)
    {
        find_visible_rows(relation, buffer, snapshot_, visible_);
        scribe_.begin_page();
        for (int i = 0; i < visible_->count; ++i) {
            HeapTupleData tuple = row_at(relation, buffer, visible_->offsets[i]);
            reader.read(&tuple, &scribe_);
        }
        add_page(scribe_.record());
        if (visible_->is_final && visible_->written != InvalidXLogRecPtr) {
            kept_->keep(known, scribe_.record(), visible_->written);
        } else {
            kept_->forget(known);
        }
    }

    void add_page(const PageRecord &page)
    {
        common.add(page.common);
        for (std::uint32_t i = 0; i < page.counted_count; ++i) {
            const PageRecord::Counted &counted = page.counted[i];
            Stamps::Node &node = nodes_[counted.node];
            node.seen = true;
            node.stamp.add(counted.stamp);
            node.own = node.own || counted.own;
            if (counted.is_object) node.place = ++places_;
        }
        for (std::uint32_t i = 0; i < page.joined_count; ++i) nodes_.join(page.joined[i].left, page.joined[i].right);
        add_mentions(page);
    }

    void add_mentions(const PageRecord &page)
    {
        if (page.mention_count == 0) return;
        if (mention_count + page.mention_count > mention_room_) {
            mention_room_ = std::max<std::size_t>(mention_room_ * 2, mention_count + page.mention_count + 1024);
            const Size size = mention_room_ * sizeof(Stamps::Mention);
            mentions = static_cast<Stamps::Mention *>(mentions == nullptr ? MemoryContextAllocHuge(CurrentMemoryContext, size) : repalloc_huge(mentions, size));
        }
        std::memcpy(mentions + mention_count, page.mentions, page.mention_count * sizeof(Stamps::Mention));
        mention_count += page.mention_count;
    }

    // A row that is an object's and on no page of this database's catalogs.
    void add_object(std::uint32_t number, Stamp stamp)
    {
        if (number == common_node) {
            common.add(stamp);
            return;
        }
        nodes_[number].seen = true;
        nodes_[number].place = ++places_;
        nodes_[number].stamp.add(stamp);
    }

    // Of all databases in one catalog.
    void add_subscriptions()
    {
        scribe_.begin_page();
        each_row(SubscriptionRelationId, [this](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_subscription>(tuple);
            if (form->subdbid != MyDatabaseId) return;
            scribe_.count_object(nodes_.number_of(SubscriptionRelationId, form->oid), SubscriptionRelationId, tuple, false);
        });
        add_page(scribe_.record());
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
            add_object(nodes_.number_of(catalog, object), stamp);
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
        return nodes_[left].object != nodes_[right].object ? nodes_[left].object < nodes_[right].object : nodes_[left].catalog < nodes_[right].catalog;
    }

    void make_groups()
    {
        const std::uint32_t count = nodes_.count();
        auto *const number = static_cast<std::uint32_t *>(MemoryContextAllocHuge(CurrentMemoryContext, (count + 1) * sizeof(std::uint32_t)));
        for (std::uint32_t i = 0; i < count; ++i) {
            if (nodes_[i].seen && nodes_.root_of(i) == i) number[i] = group_count++;
        }
        for (std::uint32_t i = 0; i < count; ++i) {
            if (nodes_[i].seen && nodes_[i].group != i) number[i] = number[nodes_.root_of(i)];
        }
        groups = static_cast<Stamps::Group *>(MemoryContextAllocHuge(CurrentMemoryContext, (group_count + 1) * sizeof(Stamps::Group)));
        for (std::uint32_t i = 0; i < group_count; ++i) groups[i] = Stamps::Group{common_node, {}, false};
        for (std::uint32_t i = 0; i < count; ++i) {
            Stamps::Node &node = nodes_[i];
            node.group = node.seen ? number[i] : Stamps::no_group;
            if (!node.seen) continue;
            Stamps::Group &group = groups[node.group];
            if (group.head == common_node || comes_before(i, group.head)) group.head = i;
            group.stamp.add(node.stamp);
            group.own = group.own || node.own;
        }
        pfree(number);
    }

    Snapshot snapshot_;
    KeptPages *kept_;
    NodeTable &nodes_;
    PageScribe scribe_;
    VisibleRows *visible_;
    std::size_t mention_room_ = 0;
    std::uint32_t places_ = 0;
    BlockNumber pages_ = 0;
    BlockNumber pages_read_ = 0;
};
static_assert(std::is_trivially_destructible_v<Pass>);

}  // namespace

std::size_t likely_objects()
{
    const Relation relations = table_open(RelationRelationId, AccessShareLock);
    constexpr BlockNumber nodes_in_block = 128;
    const auto room = static_cast<std::size_t>(RelationGetNumberOfBlocks(relations)) * nodes_in_block + 1024;
    table_close(relations, AccessShareLock);
    return room;
}

PassResult pass_over_catalogs(KeptPages *kept)
{
    Pass pass(kept);
    pass.run();
    return pass;
}

}  // namespace catalog
