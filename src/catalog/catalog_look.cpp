#include "catalog/catalog_look.hpp"

namespace catalog {
namespace {

// The visibility map, page by page.  A page of a catalog that is visible to all has its bit taken away by whoever writes
// its rows, and given back only by VACUUM, which is logged, and leaves the log's position in the page of the map: as long
// as that stays, no page whose bit is set was written.  That holds where pages with the bit say the same of themselves, for
// else nobody takes it away: such a map is not believed.
class Visibility {
  public:
    Visibility(Relation catalog, BlockNumber blocks, const core::CatalogMap::Catalog *known, Look *look)
        : catalog_(catalog), blocks_(blocks), known_(known), look_(look), bits_(static_cast<bool *>(palloc(most_bits * sizeof(bool))))
    {}

    // Whether the page has its bit, and is known to be as it was; to be asked of all pages in order.
    struct Answer {
        bool is_set;
        bool is_unchanged;
    };
    Answer of(BlockNumber block)
    {
        if (block == end_ && !is_over_) read_range();
        if (block >= end_) return {false, false};
        const bool is_set = bits_[block - start_];
        return {is_set, is_set && is_same_};
    }

  private:
    void read_range()
    {
        Buffer buffer = InvalidBuffer;
        visibilitymap_get_status(catalog_, end_, &buffer);
        start_ = end_;
        if (!BufferIsValid(buffer)) {
            is_over_ = true;
            return;
        }
        // Bits and position of one moment: the position follows the bits under the same lock.
        LockBuffer(buffer, BUFFER_LOCK_SHARE);
        const XLogRecPtr position = PageGetLSN(BufferGetPage(buffer));
        for (; end_ < blocks_ && end_ - start_ < most_bits && visibilitymap_pin_ok(end_, buffer); ++end_) {
            bits_[end_ - start_] = (visibilitymap_get_status(catalog_, end_, &buffer) & VISIBILITYMAP_ALL_VISIBLE) != 0;
        }
        LockBuffer(buffer, BUFFER_LOCK_UNLOCK);
        ReleaseBuffer(buffer);
        const auto number = static_cast<std::size_t>(look_->visibility_count);
        is_same_ = position != InvalidXLogRecPtr && known_ != nullptr && number < known_->visibility.size() && known_->visibility[number] == position;
        const Size size = (number + 1) * sizeof(std::uint64_t);
        look_->visibility = static_cast<std::uint64_t *>(look_->visibility == nullptr ? palloc(size) : repalloc(look_->visibility, size));
        look_->visibility[look_->visibility_count++] = position;
    }

    // Two bits for each page: no page of a map speaks of more.
    static constexpr BlockNumber most_bits = BLCKSZ * BITS_PER_BYTE / 2;

    Relation catalog_;
    BlockNumber blocks_;
    const core::CatalogMap::Catalog *known_;
    Look *look_;
    BlockNumber start_ = 0;
    BlockNumber end_ = 0;
    bool is_over_ = false;
    bool is_same_ = false;
    bool *bits_;
};

}  // namespace

void distrust_visibility(std::uint64_t *visibility, std::size_t count) { std::fill_n(visibility, count, std::uint64_t{InvalidXLogRecPtr}); }

BufferAccessStrategy strategy_for(Relation catalog)
{
    return RelationGetNumberOfBlocks(catalog) > static_cast<BlockNumber>(NBuffers) / 4 ? GetAccessStrategy(BAS_BULKREAD) : nullptr;
}

Look look_at(Relation catalog, const core::CatalogMap::Catalog *known, bool trusts_visibility)
{
    Look look{};
    look.file = pg::compat::file_of(catalog);
    look.blocks = RelationGetNumberOfBlocks(catalog);
    look.to_read = static_cast<BlockNumber *>(MemoryContextAllocHuge(CurrentMemoryContext, (look.blocks + 1) * sizeof(BlockNumber)));
    // A rewritten catalog has its rows in other places.
    if (known != nullptr && known->file != look.file) known = nullptr;
    const BufferAccessStrategy strategy = strategy_for(catalog);
    Visibility visibility(catalog, look.blocks, trusts_visibility ? known : nullptr, &look);
    bool is_sound = true;
    for (BlockNumber block = 0; block < look.blocks; ++block) {
        CHECK_FOR_INTERRUPTS();
        const auto [is_set, is_unchanged] = visibility.of(block);
        const std::uint64_t before = known != nullptr && block < known->pages.size() ? known->pages[block].written : 0;
        if (before != 0 && is_unchanged) continue;
        bool is_as_before = false;
        if (before != 0) {
            const Buffer buffer = ReadBufferExtended(catalog, MAIN_FORKNUM, block, RBM_NORMAL, strategy);
            // Without a lock: who writes the page at this moment has not committed, as far as the snapshot goes.
            is_as_before = BufferGetLSNAtomic(buffer) == before;
            is_sound = is_sound && (!is_set || PageIsAllVisible(BufferGetPage(buffer)));
            ReleaseBuffer(buffer);
        }
        if (!is_as_before) look.to_read[look.to_read_count++] = block;
    }
    if (!is_sound) distrust_visibility(look.visibility, static_cast<std::size_t>(look.visibility_count));
    if (strategy != nullptr) FreeAccessStrategy(strategy);
    return look;
}

}  // namespace catalog
