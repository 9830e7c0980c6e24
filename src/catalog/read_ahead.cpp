#include "catalog/read_ahead.hpp"

#include <limits>

#include "catalog/scan.hpp"

namespace catalog {
namespace {

// An index by which rows are read ahead: by the OID in the ranged column, among rows with one value in the fixed one.
struct Range {
    Oid index;
    AttrNumber fixed;  // 0: none
    AttrNumber ranged;
};

constexpr Range ranges[] = {
    {AttributeRelidNumIndexId, 0, Anum_pg_attribute_attrelid},
    {AttrDefaultIndexId, 0, Anum_pg_attrdef_adrelid},
    {ClassOidIndexId, 0, Anum_pg_class_oid},
    {ConstraintRelidTypidNameIndexId, 0, Anum_pg_constraint_conrelid},
    {ConstraintTypidIndexId, 0, Anum_pg_constraint_contypid},
    {DependDependerIndexId, Anum_pg_depend_classid, Anum_pg_depend_objid},
    {DependReferenceIndexId, Anum_pg_depend_refclassid, Anum_pg_depend_refobjid},
    {DescriptionObjIndexId, 0, Anum_pg_description_objoid},
    {EnumTypIdSortOrderIndexId, 0, Anum_pg_enum_enumtypid},
    {IndexIndrelidIndexId, 0, Anum_pg_index_indrelid},
    {IndexRelidIndexId, 0, Anum_pg_index_indexrelid},
    {InheritsParentIndexId, 0, Anum_pg_inherits_inhparent},
    {InheritsRelidSeqnoIndexId, 0, Anum_pg_inherits_inhrelid},
    {PolicyPolrelidPolnameIndexId, 0, Anum_pg_policy_polrelid},
    {RewriteRelRulenameIndexId, 0, Anum_pg_rewrite_ev_class},
    {SequenceRelidIndexId, 0, Anum_pg_sequence_seqrelid},
    {TriggerConstraintIndexId, 0, Anum_pg_trigger_tgconstraint},
    {TriggerRelidNameIndexId, 0, Anum_pg_trigger_tgrelid},
    {TypeOidIndexId, 0, Anum_pg_type_oid},
};

const Range *range_of(Oid index)
{
    for (const Range &range : ranges) {
        if (range.index == index) return &range;
    }
    return nullptr;
}

constexpr std::size_t least_rows = 16;
constexpr std::size_t most_rows = 512;
constexpr std::size_t most_bytes = 128 * 1024;
// OIDs of one stream of objects do not lie further apart.
constexpr Oid near = 10000;

// All rows with keys from one to another.  A database has several streams of OIDs, such as tables and, where it was
// restored, indexes far behind them: each is read by a window of its own.
// Its memory is taken once and used again: what is returned to the system comes back a page at a time.
struct Window {
    bool valid;
    Oid from;
    Oid through;
    std::size_t limit;  // of rows, grows while they are asked for
    std::size_t asked;  // rows given out, and where there were none, times of asking
    std::uint64_t used;
    int readers;
    std::size_t count;
    std::size_t room;  // for rows
    Oid *keys;
    HeapTupleData *rows;
    std::size_t bytes;
    std::size_t bytes_room;
    char *data;
};

constexpr std::size_t windows_per_stream = 4;

// What is read by one index with one value of the fixed column.
struct Stream {
    const Range *range;
    Oid fixed;
    TupleDesc descriptor;
    Window windows[windows_per_stream];
    Stream *next;
};

void keep(Window *window, MemoryContext context, Oid key, HeapTuple tuple)
{
    if (window->count == window->room) {
        window->room = window->room == 0 ? least_rows : window->room * 2;
        const std::size_t keys = window->room * sizeof(Oid);
        const std::size_t rows = window->room * sizeof(HeapTupleData);
        window->keys = static_cast<Oid *>(window->keys == nullptr ? MemoryContextAlloc(context, keys) : repalloc(window->keys, keys));
        window->rows = static_cast<HeapTupleData *>(window->rows == nullptr ? MemoryContextAlloc(context, rows) : repalloc(window->rows, rows));
    }
    const std::size_t size = MAXALIGN(tuple->t_len);
    if (window->bytes + size > window->bytes_room) {
        window->bytes_room = std::max(window->bytes_room * 2, window->bytes + size);
        window->data = static_cast<char *>(window->data == nullptr ? MemoryContextAlloc(context, window->bytes_room) : repalloc(window->data, window->bytes_room));
    }
    std::memcpy(window->data + window->bytes, tuple->t_data, tuple->t_len);
    window->bytes += size;
    window->keys[window->count] = key;
    window->rows[window->count++] = *tuple;
}

bool holds(const Window &window, Oid key) { return window.valid && window.from <= key && key <= window.through; }

// Reads rows from the key on.  Leaves the window invalid where the first key alone has too many.
void fill(Window *window, MemoryContext context, Oid catalog, Stream *stream, Oid key)
{
    window->valid = false;
    window->count = 0;
    window->bytes = 0;
    const Relation relation = table_open(catalog, AccessShareLock);
    if (stream->descriptor == nullptr) {
        const MemoryContext before = MemoryContextSwitchTo(context);
        stream->descriptor = CreateTupleDescCopy(RelationGetDescr(relation));
        MemoryContextSwitchTo(before);
    }
    ScanKeyData keys[2];
    int count = 0;
    if (stream->range->fixed != 0) keys[count++] = key_oid(stream->range->fixed, stream->fixed);
    ScanKeyInit(&keys[count++], stream->range->ranged, BTGreaterEqualStrategyNumber, F_OIDGE, ObjectIdGetDatum(key));
    const SysScanDesc scan = systable_beginscan(relation, stream->range->index, true, nullptr, count, keys);
    bool at_end = true;
    for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
        CHECK_FOR_INTERRUPTS();
        const Oid found = DatumGetObjectId(field(tuple, stream->descriptor, stream->range->ranged).value);
        const bool full = window->count >= window->limit && (found != key || window->count >= most_rows);
        if (full || window->bytes > most_bytes) {
            at_end = false;
            // The last key may have more rows: it is left to the next window.
            while (window->count > 0 && window->keys[window->count - 1] == found) --window->count;
            window->through = found - 1;
            break;
        }
        keep(window, context, found, tuple);
    }
    systable_endscan(scan);
    table_close(relation, AccessShareLock);
    // The data is where it stays.
    char *data = window->data;
    for (std::size_t i = 0; i < window->count; ++i) {
        window->rows[i].t_data = reinterpret_cast<HeapTupleHeader>(data);
        data += MAXALIGN(window->rows[i].t_len);
    }
    window->from = key;
    if (at_end) window->through = std::numeric_limits<Oid>::max();
    window->asked = 0;
    window->valid = at_end || window->through >= key;
}

}  // namespace

struct ReadAhead::Memory {
    MemoryContext context;
    Stream *streams;
    std::uint64_t messages;  // of other sessions, known when the rows were read
    std::uint64_t clock;

    void forget()
    {
        for (Stream *stream = streams; stream != nullptr; stream = stream->next) {
            for (Window &window : stream->windows) {
                window.valid = false;
                window.limit = least_rows;
            }
        }
    }

    Stream *stream_of(const Range *range, Oid fixed)
    {
        for (Stream *stream = streams; stream != nullptr; stream = stream->next) {
            if (stream->range == range && stream->fixed == fixed) return stream;
        }
        auto *const stream = static_cast<Stream *>(MemoryContextAllocZero(context, sizeof(Stream)));
        stream->range = range;
        stream->fixed = fixed;
        for (Window &window : stream->windows) window.limit = least_rows;
        stream->next = streams;
        return streams = stream;
    }

    // The one that the key comes after, or else that was not used for longest.
    static Window *window_for(Stream *stream, Oid key)
    {
        Window *chosen = nullptr;
        Window *oldest = nullptr;
        for (Window &window : stream->windows) {
            if (window.readers > 0) continue;
            const bool follows = window.valid && window.through < key && key - window.through <= near;
            if (follows && (chosen == nullptr || chosen->through < window.through)) chosen = &window;
            if (oldest == nullptr || window.used < oldest->used) oldest = &window;
        }
        if (chosen == nullptr) {
            if (oldest != nullptr) oldest->limit = least_rows;
            return oldest;
        }
        // Not worth more than a scan for each where few were asked for.
        chosen->limit = chosen->asked * 4 >= chosen->count ? std::min(chosen->limit * 2, most_rows) : least_rows;
        return chosen;
    }

    Window *find(Oid catalog, Stream *stream, Oid key)
    {
        AcceptInvalidationMessages();
        if (messages != SharedInvalidMessageCounter) {
            messages = SharedInvalidMessageCounter;
            forget();
        }
        Window *window = nullptr;
        for (Window &one : stream->windows) {
            if (holds(one, key)) window = &one;
        }
        if (window == nullptr) {
            window = window_for(stream, key);
            if (window == nullptr) return nullptr;
            fill(window, context, catalog, stream, key);
            if (!window->valid) return nullptr;
        }
        window->used = ++clock;
        return window;
    }
};

namespace {

ReadAhead *present = nullptr;

}  // namespace

ReadAhead::ReadAhead() : memory_(nullptr), outer_(present)
{
    memory_ = pg::call([] {
        const MemoryContext context = AllocSetContextCreate(CurrentMemoryContext, "langchef_guard read ahead", ALLOCSET_DEFAULT_SIZES);
        auto *const memory = static_cast<Memory *>(MemoryContextAllocZero(context, sizeof(Memory)));
        memory->context = context;
        memory->messages = SharedInvalidMessageCounter;
        return memory;
    });
    present = this;
}

ReadAhead::~ReadAhead()
{
    present = outer_;
    MemoryContextDelete(memory_->context);
}

void ReadAhead::forget()
{
    if (present == nullptr) return;
    present->memory_->forget();
    for (Stream *stream = present->memory_->streams; stream != nullptr; stream = stream->next) {
        for (Window &window : stream->windows) window.readers = 0;
    }
}

bool reads_ahead() { return present != nullptr && !IgnoreSystemIndexes; }

bool rows_ahead(Oid catalog, Oid index, ScanKeyData *keys, std::size_t count, RowsAhead *found)
{
    if (!reads_ahead()) return false;
    const Range *const range = range_of(index);
    if (range == nullptr) return false;
    const std::size_t ranged = range->fixed != 0 ? 1 : 0;
    if (count <= ranged || std::any_of(keys, keys + count, [](const ScanKeyData &one) { return one.sk_strategy != BTEqualStrategyNumber; })) return false;
    const Oid key = DatumGetObjectId(keys[ranged].sk_argument);
    // In some catalogs that is what all rows have that are about something else.
    if (!OidIsValid(key)) return false;
    Stream *const stream = present->memory_->stream_of(range, ranged != 0 ? DatumGetObjectId(keys[0].sk_argument) : InvalidOid);
    Window *const window = present->memory_->find(catalog, stream, key);
    if (window == nullptr) return false;
    const auto [first, last] = std::equal_range(window->keys, window->keys + window->count, key);
    window->asked += std::max<std::size_t>(1, static_cast<std::size_t>(last - first));
    *found = {window->rows + (first - window->keys), static_cast<std::size_t>(last - first), stream->descriptor, keys + ranged + 1, count - ranged - 1, &window->readers};
    return true;
}

}  // namespace catalog
