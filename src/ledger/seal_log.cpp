#include "ledger/seal_log.hpp"

#include "approval/roles.hpp"
#include "pg/entry.hpp"

namespace ledger {
namespace {

// Lines of this transaction, the newest first, in its memory.
struct Written {
    SubTransactionId subtransaction;
    const char *what;
    Written *next;
};
constinit Written *written = nullptr;
constinit bool registered = false;

void take_back_since(SubTransactionId aborted)
{
    while (written != nullptr && written->subtransaction >= aborted) {
        const char *const what = written->what;
        written = written->next;
        pg::guarded([what] { approval::log_line(std::string(what) + " was rolled back"); });
    }
}

extern "C" void lcg_seal_log_at_end(XactEvent event, void *)
{
    // What becomes of a prepared transaction the log could not tell.
    if (event == XACT_EVENT_PRE_PREPARE && written != nullptr) {
        pg::guarded([] {
            throw pg::GuardError(ERRCODE_FEATURE_NOT_SUPPORTED, "cannot PREPARE a transaction that has sealed or pruned the ledger");
        });
    }
    if (event == XACT_EVENT_ABORT) take_back_since(InvalidSubTransactionId);
    if (event == XACT_EVENT_ABORT || event == XACT_EVENT_COMMIT) written = nullptr;
}

// Subtransactions that began after the aborted one and before its end are inside it.
extern "C" void lcg_seal_log_at_subend(SubXactEvent event, SubTransactionId ended, SubTransactionId, void *)
{
    if (event == SUBXACT_EVENT_ABORT_SUB) take_back_since(ended);
}

void remember(const std::string &what)
{
    const char *const text = what.c_str();
    pg::call([text] {
        if (!registered) {
            RegisterXactCallback(lcg_seal_log_at_end, nullptr);
            RegisterSubXactCallback(lcg_seal_log_at_subend, nullptr);
            registered = true;
        }
        auto *const entry = static_cast<Written *>(MemoryContextAlloc(TopTransactionContext, sizeof(Written)));
        *entry = {GetCurrentSubTransactionId(), MemoryContextStrdup(TopTransactionContext, text), written};
        written = entry;
    });
}

std::string of_database()
{
    const char *const name = pg::call([]() -> const char * { return get_database_name(MyDatabaseId); });
    return " of database \"" + pg::text_of(name) + '"';
}

void log_and_remember(const std::string &what, const std::string &rest)
{
    approval::log_line(what + rest);
    remember(what);
}

}  // namespace

void log_seal(std::int64_t id, std::int64_t rows, const std::string &chain)
{
    log_and_remember("seal " + std::to_string(id) + of_database(), " over " + std::to_string(rows) + " ledger rows, chain " + chain);
}

void log_pruning(std::int64_t last_seal, std::int64_t rows)
{
    log_and_remember("pruning up to seal " + std::to_string(last_seal) + of_database(), " removed " + std::to_string(rows) + " ledger rows");
}

}  // namespace ledger
