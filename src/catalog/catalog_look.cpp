#include "catalog/catalog_look.hpp"

namespace catalog {
namespace {

// The visibility map, page by page.  A page of a catalog that is visible to all has its bit taken away by whoever writes
// its rows, and given back only by VACUUM, which is logged, and leaves the log's position in the page of the map: as long
// as that stays, no page whose bit is set was written.
class Visibility {
  public:
    Visibility(Relation catalog, BlockNumber blocks, const core::CatalogMap::Catalog *known, Look *look)
        : catalog_(catalog), blocks_(blocks), known_(known), look_(look)
    {}

    // Whether the page is known to be as it was; to be asked of all pages in order.
    bool is_unchanged(BlockNumber block)
    {
        if (block == end_ && !is_over_) read_range();
        return block < end_ && is_same_ && bits_[block - start_];
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
        if (bits_ == nullptr) bits_ = static_cast<bool *>(palloc(most_bits * sizeof(bool)));
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
    bool *bits_ = nullptr;
};

bool was_written(Relation catalog, BlockNumber block, std::uint64_t known, BufferAccessStrategy strategy)
{
    const Buffer buffer = ReadBufferExtended(catalog, MAIN_FORKNUM, block, RBM_NORMAL, strategy);
    // Without a lock: who writes the page at this moment has not committed, as far as the snapshot goes.
    const XLogRecPtr position = BufferGetLSNAtomic(buffer);
    ReleaseBuffer(buffer);
    return position != known;
}

}  // namespace

BufferAccessStrategy strategy_for(Relation catalog)
{
    return RelationGetNumberOfBlocks(catalog) > static_cast<BlockNumber>(NBuffers) / 4 ? GetAccessStrategy(BAS_BULKREAD) : nullptr;
}

Look look_at(Relation catalog, const core::CatalogMap::Catalog *known)
{
    Look look{};
    look.file = pg::compat::file_of(catalog);
    look.blocks = RelationGetNumberOfBlocks(catalog);
    look.written = static_cast<BlockNumber *>(MemoryContextAllocHuge(CurrentMemoryContext, (look.blocks + 1) * sizeof(BlockNumber)));
    // A rewritten catalog has its rows in other places.
    if (known != nullptr && known->file != look.file) known = nullptr;
    const BufferAccessStrategy strategy = strategy_for(catalog);
    Visibility visibility(catalog, look.blocks, known, &look);
    for (BlockNumber block = 0; block < look.blocks; ++block) {
        CHECK_FOR_INTERRUPTS();
        const bool is_visible = visibility.is_unchanged(block);
        const std::uint64_t before = known != nullptr && block < known->pages.size() ? known->pages[block].written : 0;
        if (before != 0 && (is_visible || !was_written(catalog, block, before, strategy))) continue;
        look.written[look.written_count++] = block;
    }
    if (strategy != nullptr) FreeAccessStrategy(strategy);
    return look;
}

}  // namespace catalog
