#include "mode_change.hpp"

#include "pg/entry.hpp"

namespace settings {
namespace {

constexpr config_enum_entry modes[] = {
    {"off", static_cast<int>(Mode::off), false},
    {"record", static_cast<int>(Mode::record), false},
    {"warn", static_cast<int>(Mode::warn), false},
    {"enforce", static_cast<int>(Mode::enforce), false},
    {nullptr, 0, false},
};

constinit int *current_value = nullptr;
constinit bool defining = false;

// The mode on record, and the one that was on record before this transaction.
constinit Mode on_record = Mode::enforce;
constinit Mode on_record_before = Mode::enforce;
constinit SubTransactionId recorded_in = InvalidSubTransactionId;
constinit bool follows_transactions = false;

extern "C" {

static void lcg_mode_transaction_end(XactEvent event, void *)
{
    switch (event) {
        case XACT_EVENT_COMMIT: on_record_before = on_record; break;
        // Nobody tells this session how a prepared transaction ends: recorded twice is better than not at all.
        case XACT_EVENT_PREPARE:
        case XACT_EVENT_ABORT: on_record = on_record_before; break;
        default: return;
    }
    recorded_in = InvalidSubTransactionId;
}

// All subtransactions that began after the one that rolls back are inside of it.
static void lcg_mode_subtransaction_end(SubXactEvent event, SubTransactionId subtransaction, SubTransactionId, void *)
{
    if (event != SUBXACT_EVENT_ABORT_SUB || recorded_in == InvalidSubTransactionId || recorded_in < subtransaction) return;
    on_record = on_record_before;
    recorded_in = InvalidSubTransactionId;
}

// Where a value came from; the server hands it on to the assign hook with the value.
struct Origin {
    GucSource source;
};

// What each source said last, -1 for nothing.  A file that says nothing any more is told as the default.
constinit std::array<int, PGC_S_SESSION + 1> said{};
constinit bool said_anything = false;

static void note_said(int value, GucSource source)
{
    if (!said_anything) said.fill(-1);
    said_anything = true;
    said[source] = value;
    if (source == PGC_S_DEFAULT) said[PGC_S_FILE] = -1;
}

static bool lcg_check_mode(int *value, void **extra, GucSource source)
{
    if (source != PGC_S_TEST && source != PGC_S_INTERACTIVE) note_said(*value, source);
    auto *const origin = static_cast<Origin *>(pg::compat::guc_allocate(sizeof(Origin)));
    if (origin == nullptr) return false;
    origin->source = source;
    *extra = origin;
    return true;
}

// Whether a value is being set for all sessions alike: while the server or a session starts,
// or when the configuration files are read again, which no command of the session does.
static bool is_for_all(const void *extra)
{
    const GucSource source = extra != nullptr ? static_cast<const Origin *>(extra)->source : PGC_S_DEFAULT;
    return source <= PGC_S_GLOBAL && (defining || !IsUnderPostmaster || debug_query_string == nullptr);
}

// Called in the middle of rollbacks, too: it writes nothing but a line of the server's log.
static void lcg_assign_mode(int value, void *extra)
{
    const auto before = static_cast<Mode>(*current_value);
    const auto after = static_cast<Mode>(value);
    const bool for_all = is_for_all(extra);
    if (for_all) on_record = on_record_before = after;
    if (before == after || MyBackendType != B_BACKEND || (for_all && defining)) return;
    pg::guarded([before, after] {
        const char *const from = name_of(before);
        const char *const to = name_of(after);
        pg::call([from, to] {
            ereport(LOG_SERVER_ONLY, (errmsg_internal("langchef_guard.mode of this session changed from %s to %s", from, to), errhidecontext(true)));
        });
    });
}

}  // extern "C"

}  // namespace

const char *name_of(Mode mode)
{
    for (const auto &entry : modes) {
        if (entry.name != nullptr && entry.val == static_cast<int>(mode)) return entry.name;
    }
    return "";
}

Mode mode_for_all()
{
    // A library loaded late knows what is in force, and not where it came from.
    if (!said_anything || !IsUnderPostmaster) return mode();
    for (std::size_t source = PGC_S_DATABASE + 1; source-- > 0;) {
        if (said[source] >= 0) return static_cast<Mode>(said[source]);
    }
    return Mode::enforce;
}

std::optional<ModeChange> unrecorded_mode_change()
{
    const Mode now = mode();
    if (now == on_record) return std::nullopt;
    return ModeChange{on_record, now};
}

void mode_change_recorded()
{
    if (!follows_transactions) {
        pg::call([] {
            RegisterXactCallback(lcg_mode_transaction_end, nullptr);
            RegisterSubXactCallback(lcg_mode_subtransaction_end, nullptr);
        });
        follows_transactions = true;
    }
    on_record = mode();
    recorded_in = GetCurrentSubTransactionId();
}

void define_mode(int *value)
{
    current_value = value;
    defining = true;
    DefineCustomEnumVariable("langchef_guard.mode", "What the guard does with an unapproved destructive command.",
                             "enforce refuses it, warn reports it, record only records it, off does nothing.", value,
                             static_cast<int>(Mode::enforce), modes, PGC_SUSET, 0, lcg_check_mode, lcg_assign_mode, nullptr);
    defining = false;
}

}  // namespace settings
