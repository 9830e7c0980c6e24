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

// The catalogs with objects of this database, by OID.
std::vector<Oid> own_catalogs()
{
    const List *const list = pg::call([] {
        List *found = NIL;
        ScanKeyData below;
        ScanKeyInit(&below, Anum_pg_class_oid, BTLessStrategyNumber, F_OIDLT, ObjectIdGetDatum(FirstNormalObjectId));
        scan(RelationRelationId, ClassOidIndexId, below, [&found](HeapTuple tuple, TupleDesc) {
            const auto *const form = form_of<FormData_pg_class>(tuple);
            const bool catalog = form->relnamespace == PG_CATALOG_NAMESPACE && form->relkind == RELKIND_RELATION;
            if (catalog && (!form->relisshared || form->oid == SubscriptionRelationId) && !is_left_out(form->oid)) found = lappend_oid(found, form->oid);
        });
        return found;
    });
    std::vector<Oid> catalogs;
    for (int i = 0; i < list_length(list); ++i) catalogs.push_back(list_nth_oid(list, i));
    return catalogs;
}

// From the look at the first catalog to the last page that is read: no page is cut off, and no catalog rewritten.  After
// an error the locks go with the transaction or its part.
class CatalogLocks {
  public:
    explicit CatalogLocks(const std::vector<Oid> &catalogs) : catalogs_(catalogs)
    {
        for (const Oid catalog : catalogs_) pg::call([catalog] { LockRelationOid(catalog, AccessShareLock); });
    }
    ~CatalogLocks()
    {
        if (std::uncaught_exceptions() != exceptions_at_start_) return;
        for (const Oid catalog : catalogs_) UnlockRelationOid(catalog, AccessShareLock);
    }
    CatalogLocks(const CatalogLocks &) = delete;
    CatalogLocks &operator=(const CatalogLocks &) = delete;

  private:
    const std::vector<Oid> &catalogs_;
    int exceptions_at_start_ = std::uncaught_exceptions();
};

class Pass {
  public:
    Pass(core::CatalogMap &map, std::optional<core::NodeIndex> &index)
        : map_(map), index_(index), scribe_(pg::call([] { return GetTopTransactionIdIfAny(); }))
    {}

    PassResult run()
    {
        result_.shared = read_shared(snapshot_, result_.common);
        for (const auto &object : result_.shared) elsewhere_.push_back(object.object);
        elsewhere_.erase(std::unique(elsewhere_.begin(), elsewhere_.end()), elsewhere_.end());
        const auto catalogs = own_catalogs();
        {
            const CatalogLocks locks(catalogs);
            std::vector<Look> looks;
            for (const Oid catalog : catalogs) looks.push_back(catalog == SubscriptionRelationId ? look_at_subscriptions() : look(catalog));
            lay_out(catalogs, looks);
            read(looks);
        }
        for (const auto &catalog : map_.catalogs) {
            result_.common.add(core::row_stamp(catalog.catalog, catalog.file, InvalidTransactionId));
            for (const auto &page : catalog.pages) result_.common.add(page.common);
        }
        return std::move(result_);
    }

  private:
    struct Open {
        Relation relation;
        const RowReader *reader;
        BufferAccessStrategy strategy;
        Buffer visibility;
    };

    const core::CatalogMap::Catalog *known(Oid catalog) const
    {
        const auto at = std::find_if(map_.catalogs.begin(), map_.catalogs.end(), [catalog](const auto &one) { return one.catalog == catalog; });
        return at != map_.catalogs.end() ? &*at : nullptr;
    }

    Look look(Oid catalog)
    {
        const auto *const before = known(catalog);
        const bool trusts_visibility = map_.server_start == PgStartTime;
        const Look look = pg::call([catalog, before, trusts_visibility] {
            const Relation relation = table_open(catalog, NoLock);
            const Look found = look_at(relation, before, trusts_visibility);
            table_close(relation, NoLock);
            return found;
        });
        pages_ += look.blocks;
        to_read_ += look.to_read_count;
        return look;
    }

    // Those of this database, as if they were on a page of their own, which is read whenever there are any.
    Look look_at_subscriptions()
    {
        const auto *const before = known(SubscriptionRelationId);
        const bool had = before != nullptr && before->pages.size() == 1 && !before->pages.front().shares.empty();
        const Snapshot snapshot = snapshot_;
        return pg::call([had, snapshot] {
            Look look{};
            look.blocks = 1;
            look.to_read = static_cast<BlockNumber *>(palloc0(sizeof(BlockNumber)));
            look.to_read_count = had || has_subscriptions(snapshot) ? 1 : 0;
            return look;
        });
    }

    // Gives the map the catalogs and pages that there are; those that were cut off go when it has seen to that.  Where
    // most is to be read, nothing is kept of it.
    void lay_out(const std::vector<Oid> &catalogs, const std::vector<Look> &looks)
    {
        bool same_files = map_.catalogs.size() == catalogs.size();
        for (std::size_t i = 0; same_files && i < catalogs.size(); ++i) {
            same_files = map_.catalogs[i].catalog == catalogs[i] && map_.catalogs[i].file == looks[i].file;
        }
        result_.is_new = !same_files || map_.groups.empty() || to_read_ > pages_ / 2;
        if (result_.is_new) {
            map_ = {};
            map_.catalogs.resize(catalogs.size());
            index_.reset();
        }
        for (std::uint32_t i = 0; i < catalogs.size(); ++i) {
            auto &catalog = map_.catalogs[i];
            const std::vector<std::uint64_t> visibility(looks[i].visibility, looks[i].visibility + looks[i].visibility_count);
            const auto before = static_cast<BlockNumber>(catalog.pages.size());
            result_.head = result_.head || before != looks[i].blocks || catalog.visibility != visibility;
            catalog.catalog = catalogs[i];
            catalog.file = looks[i].file;
            catalog.visibility = visibility;
            for (BlockNumber page = before; page < looks[i].blocks; ++page) result_.pages.insert({i, page});
            if (before > looks[i].blocks) {
                result_.cut.insert(i);
            } else {
                catalog.pages.resize(looks[i].blocks);
            }
        }
        result_.head = result_.head || map_.server_start != PgStartTime;
        map_.server_start = PgStartTime;
    }

    void read(const std::vector<Look> &looks)
    {
        std::vector<core::PagePlace> places;
        for (std::uint32_t i = 0; i < looks.size(); ++i) {
            const BlockNumber count = result_.is_new ? looks[i].blocks : looks[i].to_read_count;
            for (BlockNumber j = 0; j < count; ++j) places.push_back({i, result_.is_new ? j : looks[i].to_read[j]});
        }
        auto read = static_cast<unsigned>(places.size());
        const bool others_elsewhere = map_.elsewhere != core::CatalogSurvey::sum_of(elsewhere_);
        result_.head = result_.head || others_elsewhere;
        if (read > 0 || !result_.cut.empty() || others_elsewhere) {
            if (!index_) index_.emplace(map_);
            core::CatalogSurvey survey(map_, *index_, elsewhere_);
            for (const auto i : result_.cut) {
                for (auto page = looks[i].blocks; page < map_.catalogs[i].pages.size(); ++page) survey.add_page({i, page}, {}, InvalidXLogRecPtr);
            }
            do {
                read_pages(places, survey);
                places = survey.more_pages();
                read += static_cast<unsigned>(places.size());
            } while (!places.empty());
            survey.finish();
            take_results(survey, looks);
        }
        const unsigned pages = pages_;
        pg::call([read, pages] { ereport(DEBUG1, errmsg_internal("langchef_guard reads %u of %u pages of catalogs", read, pages)); });
    }

    void take_results(const core::CatalogSurvey &survey, const std::vector<Look> &looks)
    {
        result_.own_groups.assign(survey.own_groups().begin(), survey.own_groups().end());
        result_.groups = survey.changed_groups();
        result_.pages.insert(survey.changed_pages().begin(), survey.changed_pages().end());
        for (const auto i : result_.cut) {
            const BlockNumber blocks = looks[i].blocks;
            map_.catalogs[i].pages.resize(blocks);
            result_.pages.erase(result_.pages.lower_bound({i, blocks}), result_.pages.lower_bound({i + 1, 0}));
            // Who is the last of its part is not who was.
            if (blocks > 0) result_.pages.insert({i, blocks - 1});
        }
    }

    // Pages in the order of their catalogs.
    void read_pages(const std::vector<core::PagePlace> &places, core::CatalogSurvey &survey)
    {
        for (std::size_t i = 0; i < places.size();) {
            const std::uint32_t number = places[i].catalog;
            const Oid catalog = map_.catalogs[number].catalog;
            if (catalog == SubscriptionRelationId) {
                pg::call([this] {
                    scribe_.begin_page();
                    read_subscriptions(snapshot_, &scribe_);
                });
                survey.add_page(places[i++], scribe_.rows(), InvalidXLogRecPtr);
                continue;
            }
            Open open = pg::call([catalog] {
                const Relation relation = table_open(catalog, NoLock);
                return Open{relation, new (palloc(sizeof(RowReader))) RowReader(relation), strategy_for(relation), InvalidBuffer};
            });
            bool is_sound = true;
            for (; i < places.size() && places[i].catalog == number; ++i) {
                is_sound = read_page(&open, places[i].page) && is_sound;
                survey.add_page(places[i], scribe_.rows(), visible_->is_final ? visible_->written : InvalidXLogRecPtr);
            }
            pg::call([&open] {
                if (BufferIsValid(open.visibility)) ReleaseBuffer(open.visibility);
                if (open.strategy != nullptr) FreeAccessStrategy(open.strategy);
                table_close(open.relation, NoLock);
            });
            auto &visibility = map_.catalogs[number].visibility;
            if (!is_sound) distrust_visibility(visibility.data(), visibility.size());
        }
    }

    // Whether the page says of itself what the visibility map says of it, or more.
    bool read_page(Open *open, BlockNumber block)
    {
        return pg::call([this, open, block] {
            CHECK_FOR_INTERRUPTS();
            const Buffer buffer = ReadBufferExtended(open->relation, MAIN_FORKNUM, block, RBM_NORMAL, open->strategy);
            find_visible_rows(open->relation, buffer, snapshot_, visible_.get());
            scribe_.begin_page();
            for (int row = 0; row < visible_->count; ++row) {
                HeapTupleData tuple = row_at(open->relation, buffer, visible_->offsets[row]);
                open->reader->read(&tuple, &scribe_);
            }
            ReleaseBuffer(buffer);
            return visible_->is_marked || (visibilitymap_get_status(open->relation, block, &open->visibility) & VISIBILITYMAP_ALL_VISIBLE) == 0;
        });
    }

    core::CatalogMap &map_;
    std::optional<core::NodeIndex> &index_;
    const PassSnapshot snapshot_;
    PassResult result_;
    std::vector<std::uint32_t> elsewhere_;
    PageScribe scribe_;
    const std::unique_ptr<VisibleRows> visible_ = std::make_unique<VisibleRows>();
    BlockNumber pages_ = 0;
    BlockNumber to_read_ = 0;
};

}  // namespace

PassResult pass_over_catalogs(core::CatalogMap &map, std::optional<core::NodeIndex> &index)
{
    // What the server allocates meanwhile; nothing of it is in the result.
    const pg::ScratchContext scratch;
    return Pass(map, index).run();
}

}  // namespace catalog
