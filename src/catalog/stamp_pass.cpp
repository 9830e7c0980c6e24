#include "catalog/stamp_pass.hpp"

#include "catalog/catalog_look.hpp"
#include "catalog/catalog_page.hpp"
#include "catalog/shared_rows.hpp"
#include "catalog/stamp_rows.hpp"
#include "pg/scratch.hpp"

namespace catalog {
namespace {

// A snapshot of its own for what is read one after the other.
class PassSnapshot {
  public:
    PassSnapshot() : exceptions_at_start_(std::uncaught_exceptions()), snapshot_(pg::call([] { return RegisterSnapshot(GetLatestSnapshot()); })) {}
    ~PassSnapshot()
    {
        // After an error it goes with the transaction's resources.
        if (std::uncaught_exceptions() == exceptions_at_start_) UnregisterSnapshot(snapshot_);
    }
    PassSnapshot(const PassSnapshot &) = delete;
    PassSnapshot &operator=(const PassSnapshot &) = delete;
    operator Snapshot() const { return snapshot_; }

  private:
    int exceptions_at_start_;
    Snapshot snapshot_;
};

// The catalogs of this database, by OID.
std::vector<Oid> own_catalogs()
{
    const List *const list = pg::call([] {
        List *found = NIL;
        ScanKeyData below;
        ScanKeyInit(&below, Anum_pg_class_oid, BTLessStrategyNumber, F_OIDLT, ObjectIdGetDatum(FirstNormalObjectId));
        scan(RelationRelationId, ClassOidIndexId, below, [&found](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_class>(tuple);
            const bool catalog = form->relnamespace == PG_CATALOG_NAMESPACE && form->relkind == RELKIND_RELATION && !form->relisshared;
            if (catalog && !is_left_out(form->oid)) found = lappend_oid(found, form->oid);
        });
        return found;
    });
    std::vector<Oid> catalogs;
    for (int i = 0; i < list_length(list); ++i) catalogs.push_back(list_nth_oid(list, i));
    return catalogs;
}

class Pass {
  public:
    Pass(core::CatalogMap &map, std::optional<core::NodeIndex> &index) : map_(map), index_(index) {}

    PassResult run()
    {
        result_.shared = read_shared(snapshot_, result_.common);
        for (const auto &object : result_.shared) elsewhere_.push_back(object.object);
        elsewhere_.erase(std::unique(elsewhere_.begin(), elsewhere_.end()), elsewhere_.end());
        const auto catalogs = own_catalogs();
        std::vector<Look> looks;
        for (const Oid catalog : catalogs) looks.push_back(look(catalog));
        lay_out(catalogs, looks);
        read(looks);
        for (const auto &catalog : map_.catalogs) {
            result_.common.add(core::row_stamp(catalog.catalog, catalog.file, InvalidTransactionId));
            for (const auto &page : catalog.pages) result_.common.add(page.common);
        }
        return std::move(result_);
    }

  private:
    const core::CatalogMap::Catalog *known(Oid catalog) const
    {
        const auto at = std::find_if(map_.catalogs.begin(), map_.catalogs.end(), [catalog](const auto &one) { return one.catalog == catalog; });
        return at != map_.catalogs.end() ? &*at : nullptr;
    }

    Look look(Oid catalog)
    {
        const auto *const before = known(catalog);
        const Look look = pg::call([catalog, before] {
            const Relation relation = table_open(catalog, AccessShareLock);
            const Look found = look_at(relation, before);
            table_close(relation, AccessShareLock);
            return found;
        });
        pages_ += look.blocks;
        written_ += look.written_count;
        return look;
    }

    // Gives the map the catalogs and pages that there are.  Where most is to be read, nothing is kept of it.
    void lay_out(const std::vector<Oid> &catalogs, const std::vector<Look> &looks)
    {
        bool same_files = map_.catalogs.size() == catalogs.size();
        for (std::size_t i = 0; same_files && i < catalogs.size(); ++i) {
            const auto &before = map_.catalogs[i];
            same_files = before.catalog == catalogs[i] && before.file == looks[i].file && before.pages.size() <= looks[i].blocks;
        }
        result_.is_new = !same_files || map_.groups.empty() || written_ > pages_ / 2;
        if (result_.is_new) {
            map_ = {};
            map_.catalogs.resize(catalogs.size());
            index_.reset();
        }
        for (std::size_t i = 0; i < catalogs.size(); ++i) {
            auto &catalog = map_.catalogs[i];
            const std::vector<std::uint64_t> visibility(looks[i].visibility, looks[i].visibility + looks[i].visibility_count);
            result_.any_extent = result_.any_extent || catalog.pages.size() != looks[i].blocks || catalog.visibility != visibility;
            catalog.catalog = catalogs[i];
            catalog.file = looks[i].file;
            catalog.visibility = visibility;
            for (auto page = static_cast<BlockNumber>(catalog.pages.size()); page < looks[i].blocks; ++page) result_.pages.insert({static_cast<std::uint32_t>(i), page});
            catalog.pages.resize(looks[i].blocks);
        }
    }

    void read(const std::vector<Look> &looks)
    {
        std::vector<core::PagePlace> places;
        for (std::uint32_t i = 0; i < looks.size(); ++i) {
            const BlockNumber count = result_.is_new ? looks[i].blocks : looks[i].written_count;
            for (BlockNumber j = 0; j < count; ++j) places.push_back({i, result_.is_new ? j : looks[i].written[j]});
        }
        const auto most = places.size();
        unsigned read = static_cast<unsigned>(most);
        if (most > 0) {
            if (!index_) index_.emplace(map_);
            core::CatalogSurvey survey(map_, *index_, elsewhere_);
            scribe_.emplace(pg::call([] { return GetTopTransactionIdIfAny(); }));
            while (!places.empty()) {
                read_pages(places, survey);
                places = survey.more_pages();
                read += static_cast<unsigned>(places.size());
            }
            survey.finish();
            result_.own_groups.assign(survey.own_groups().begin(), survey.own_groups().end());
            result_.pages.insert(survey.changed_pages().begin(), survey.changed_pages().end());
            result_.groups = survey.changed_groups();
        }
        const unsigned pages = pages_;
        pg::call([read, pages] { ereport(DEBUG1, errmsg_internal("langchef_guard reads %u of %u pages of catalogs", read, pages)); });
    }

    // Pages in the order of their catalogs.
    void read_pages(const std::vector<core::PagePlace> &places, core::CatalogSurvey &survey)
    {
        struct Open {
            Relation relation;
            const RowReader *reader;
            BufferAccessStrategy strategy;
        };
        for (std::size_t i = 0; i < places.size();) {
            const std::uint32_t number = places[i].catalog;
            const Oid catalog = map_.catalogs[number].catalog;
            const Open open = pg::call([catalog] {
                const Relation relation = table_open(catalog, AccessShareLock);
                return Open{relation, new (palloc(sizeof(RowReader))) RowReader(relation), strategy_for(relation)};
            });
            for (; i < places.size() && places[i].catalog == number; ++i) {
                PageScribe *const scribe = &*scribe_;
                VisibleRows *const visible = visible_.get();
                const Snapshot snapshot = snapshot_;
                const BlockNumber block = places[i].page;
                pg::call([&open, scribe, visible, snapshot, block] {
                    CHECK_FOR_INTERRUPTS();
                    const Buffer buffer = ReadBufferExtended(open.relation, MAIN_FORKNUM, block, RBM_NORMAL, open.strategy);
                    find_visible_rows(open.relation, buffer, snapshot, visible);
                    scribe->begin_page();
                    for (int row = 0; row < visible->count; ++row) {
                        HeapTupleData tuple = row_at(open.relation, buffer, visible->offsets[row]);
                        open.reader->read(&tuple, scribe);
                    }
                    ReleaseBuffer(buffer);
                });
                survey.add_page(places[i], scribe->rows(), visible->is_final ? visible->written : InvalidXLogRecPtr);
            }
            pg::call([&open] {
                if (open.strategy != nullptr) FreeAccessStrategy(open.strategy);
                table_close(open.relation, AccessShareLock);
            });
        }
    }

    core::CatalogMap &map_;
    std::optional<core::NodeIndex> &index_;
    const PassSnapshot snapshot_;
    PassResult result_;
    std::vector<std::uint32_t> elsewhere_;
    std::optional<PageScribe> scribe_;
    const std::unique_ptr<VisibleRows> visible_ = std::make_unique<VisibleRows>();
    BlockNumber pages_ = 0;
    BlockNumber written_ = 0;
};

}  // namespace

PassResult pass_over_catalogs(core::CatalogMap &map, std::optional<core::NodeIndex> &index)
{
    // What the server allocates meanwhile; nothing of it is in the result.
    const pg::ScratchContext scratch;
    return Pass(map, index).run();
}

}  // namespace catalog
