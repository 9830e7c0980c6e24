#include "catalog/kept_pages.hpp"

#include <new>

namespace catalog {
namespace {

KeptPages *of_session = nullptr;
bool is_taken = false;

// From so many objects that are gone on, their share counts.
constexpr std::uint32_t few_objects = 1024;

Size most_memory() { return static_cast<Size>(maintenance_work_mem) * 1024; }

}  // namespace

KeptPages *KeptPages::take(std::size_t room)
{
    if (of_session != nullptr && !is_taken) {
        is_taken = true;
        of_session->nodes_.begin_pass();
        return of_session;
    }
    const MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "langchef_guard catalog pages", ALLOCSET_DEFAULT_SIZES);
    const MemoryContext caller = MemoryContextSwitchTo(context);
    auto *const made = new (palloc(sizeof(KeptPages))) KeptPages(context, std::min(room, most_memory() / (4 * sizeof(Stamps::Node))));
    MemoryContextSwitchTo(caller);
    MemoryContextSetParent(context, TopMemoryContext);
    if (of_session == nullptr) {
        of_session = made;
        is_taken = true;
    }
    return made;
}

void KeptPages::give_back(bool is_sound)
{
    const bool is_of_session = this == of_session;
    if (is_of_session) is_taken = false;
    if (is_of_session && is_sound && is_worth_keeping()) return;
    if (is_of_session) of_session = nullptr;
    MemoryContextDelete(context_);
}

Size KeptPages::memory() const { return records_ + nodes_.count() * (sizeof(Stamps::Node) + 2 * sizeof(std::uint32_t)); }

// Somewhat more is borne: objects are met until the last page.
bool KeptPages::is_worth_keeping() const
{
    if (memory() > most_memory() + most_memory() / 4) return false;
    const std::uint32_t gone = nodes_.count_gone();
    return gone < few_objects || gone < nodes_.count() / 2;
}

void KeptPages::forget(KeptPage *page)
{
    if (page->record == nullptr) return;
    records_ -= GetMemoryChunkSpace(page->record);
    pfree(page->record);
    page->record = nullptr;
}

KeptPage *KeptPages::pages_of(Oid catalog, Oid file, BlockNumber blocks)
{
    Catalog *found = catalogs_;
    while (found != nullptr && found->catalog != catalog) found = found->next;
    if (found == nullptr) {
        found = static_cast<Catalog *>(MemoryContextAllocZero(context_, sizeof(Catalog)));
        found->catalog = catalog;
        found->file = file;
        found->next = catalogs_;
        catalogs_ = found;
    }
    if (found->file != file) {
        for (BlockNumber i = 0; i < found->room; ++i) forget(&found->pages[i]);
        found->file = file;
    }
    if (found->room < blocks) {
        // Catalogs grow page by page.
        const BlockNumber room = blocks + blocks / 4 + 8;
        const Size size = room * sizeof(KeptPage);
        auto *const pages = static_cast<KeptPage *>(MemoryContextAllocExtended(context_, size, MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO));
        if (found->pages != nullptr) {
            std::memcpy(pages, found->pages, found->room * sizeof(KeptPage));
            pfree(found->pages);
        }
        found->pages = pages;
        found->room = room;
    }
    return found->pages;
}

void KeptPages::keep(KeptPage *page, const PageRecord &record, XLogRecPtr written)
{
    forget(page);
    if (this != of_session || memory() > most_memory()) return;
    page->record = copy_record(record, context_);
    page->written = written;
    records_ += GetMemoryChunkSpace(page->record);
}

}  // namespace catalog
