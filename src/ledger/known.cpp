#include "ledger/known.hpp"

#include "guard/own_table.hpp"
#include "ledger/record.hpp"
#include "ledger/table.hpp"

namespace ledger {
namespace {

// Columns of langchef_guard.known_object, in the order of the install script.
enum Column : int {
    classid = 1,
    objid,
    object_type,
    identity,
    definition,
    ledger_id,
    seen_at,
    identity_hash,
    column_count = identity_hash
};

// A row in plain data, copied out of the buffer.
struct Copied {
    bool found;
    ItemPointerData row;
    Oid classid;
    Oid objid;
    const char *object_type;
    const char *identity;
    Datum definition;
    bool has_ledger_id;
    int64 ledger_id;
};

// Inside pg::call only.
Copied copy_row(HeapTuple tuple, TupleDesc descriptor)
{
    bool null = false;
    Copied copied{};
    copied.found = true;
    copied.row = tuple->t_self;
    copied.classid = DatumGetObjectId(heap_getattr(tuple, classid, descriptor, &null));
    copied.objid = DatumGetObjectId(heap_getattr(tuple, objid, descriptor, &null));
    copied.object_type = TextDatumGetCString(heap_getattr(tuple, object_type, descriptor, &null));
    copied.identity = TextDatumGetCString(heap_getattr(tuple, identity, descriptor, &null));
    copied.definition = PointerGetDatum(PG_DETOAST_DATUM_COPY(heap_getattr(tuple, definition, descriptor, &null)));
    const Datum from = heap_getattr(tuple, ledger_id, descriptor, &null);
    copied.has_ledger_id = !null;
    copied.ledger_id = null ? 0 : DatumGetInt64(from);
    return copied;
}

bool object_exists(Oid class_oid, Oid object)
{
    if (!is_objectclass_supported(class_oid)) return false;
    const Relation catalog = table_open(class_oid, AccessShareLock);
    const bool exists = HeapTupleIsValid(get_catalog_object_by_oid(catalog, get_object_attnum_oid(class_oid), object));
    table_close(catalog, AccessShareLock);
    return exists;
}

enum class Lock { got, busy, gone };

// Locks the newest version of a row that was found; copies it again when it is another.
// Locking it in the row itself costs no room in the lock table however many there are.
Lock lock_row(Relation relation, HeapTuple found, bool wait, Copied *copied, bool *renewed)
{
    // What this transaction wrote nobody else can have touched.
    if (TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(found->t_data))) return Lock::got;
    TupleTableSlot *const slot = table_slot_create(relation, nullptr);
    TM_FailureData failure;
    const TM_Result result = table_tuple_lock(relation, &copied->row, GetActiveSnapshot(), slot, GetCurrentCommandId(false), LockTupleExclusive,
                                              wait ? LockWaitBlock : LockWaitSkip, TUPLE_LOCK_FLAG_FIND_LAST_VERSION, &failure);
    Lock lock = result == TM_WouldBlock ? Lock::busy : Lock::gone;
    if (result == TM_Ok) {
        lock = Lock::got;
        *renewed = *renewed || failure.traversed;
        if (failure.traversed) {
            bool to_free = false;
            const HeapTuple newest = ExecFetchSlotHeapTuple(slot, false, &to_free);
            newest->t_self = slot->tts_tid;
            *copied = copy_row(newest, RelationGetDescr(relation));
        }
    }
    ExecDropSingleTupleTableSlot(slot);
    return lock;
}

enum class Locking { none, skip, wait };

struct Sought {
    const char *index;
    ScanKeyData keys[2];
    int key_count;
    // To be equal besides, where the index holds their hash; null for any.
    const char *object_type;
    const char *identity;
    bool gone_only;
    Locking locking;
};

bool is_sought(const Sought &sought, const Copied &copied)
{
    return sought.identity == nullptr ||
           (std::strcmp(sought.identity, copied.identity) == 0 && std::strcmp(sought.object_type, copied.object_type) == 0);
}

struct Outcome {
    Copied copied;
    Lock lock;
    bool renewed;
};

Outcome first_row(const Sought &sought)
{
    const Oid table = guard::hold_table("known_object", sought.locking == Locking::none ? AccessShareLock : RowExclusiveLock);
    const Oid index = guard::own_relation(sought.index);
    return pg::call([table, index, &sought] {
        Outcome outcome{};
        outcome.lock = Lock::got;
        ScanKeyData keys[2] = {sought.keys[0], sought.keys[1]};
        const Relation relation = table_open(table, NoLock);
        const SysScanDesc scan = systable_beginscan(relation, index, true, nullptr, sought.key_count, keys);
        for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
            outcome.copied = copy_row(tuple, RelationGetDescr(relation));
            if (is_sought(sought, outcome.copied) && (!sought.gone_only || !object_exists(outcome.copied.classid, outcome.copied.objid))) {
                if (sought.locking != Locking::none) {
                    outcome.lock = lock_row(relation, tuple, sought.locking == Locking::wait, &outcome.copied, &outcome.renewed);
                }
                // A newer version may be of another object by now, or of one that is there.
                outcome.copied.found = outcome.lock == Lock::got && !(sought.gone_only && outcome.renewed);
                break;
            }
            outcome.copied.found = false;
        }
        systable_endscan(scan);
        table_close(relation, NoLock);
        return outcome;
    });
}

std::optional<Known> known_of(const Copied &copied)
{
    if (!copied.found) return std::nullopt;
    Known known{copied.row, {copied.classid, copied.objid, 0}, copied.object_type, copied.identity, copied.definition, std::nullopt};
    if (copied.has_ledger_id) known.ledger_id = copied.ledger_id;
    return known;
}

Outcome find_by_address(core::Address address, Locking locking)
{
    Sought sought{"known_object_pkey", {}, 2, nullptr, nullptr, false, locking};
    ScanKeyInit(&sought.keys[0], classid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(address.classid));
    ScanKeyInit(&sought.keys[1], objid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(address.objid));
    return first_row(sought);
}

// Whether another transaction may be about to remember an object without a row.
bool may_be_first_seen_elsewhere(core::Address address)
{
    if (!pg::call([address] { return object_exists(address.classid, address.objid); })) return false;
    return !created_in_this_transaction(address);
}

// An object without a row has nothing to lock but its address.
enum class Address { got, waited, busy };

Address lock_address(core::Address address, bool wait)
{
    const Oid table = guard::own_relation("known_object");
    return pg::call([table, address, wait] {
        LOCKTAG tag;
        SET_LOCKTAG_OBJECT(tag, MyDatabaseId, table, address.objid, 0);
        Address result = Address::got;
        if (LockAcquire(&tag, ExclusiveLock, false, true) == LOCKACQUIRE_NOT_AVAIL) {
            if (!wait) return Address::busy;
            LockAcquire(&tag, ExclusiveLock, false, false);
            result = Address::waited;
        }
        return result;
    });
}

// An identity can be longer than an index row (a function's argument types).
std::int64_t hash_of(std::string_view type, std::string_view name)
{
    const std::string whole = std::string(name).append(1, '\0').append(type);
    const std::uint64_t hash = hash_bytes_extended(reinterpret_cast<const unsigned char *>(whole.data()), static_cast<int>(whole.size()), 0);
    return static_cast<std::int64_t>(hash);
}

std::optional<Known> find_by_name(const std::string &type, const std::string &name, bool gone_only)
{
    Sought sought{"known_object_identity_idx", {}, 1, type.c_str(), name.c_str(), gone_only, gone_only ? Locking::skip : Locking::none};
    ScanKeyInit(&sought.keys[0], identity_hash, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(hash_of(type, name)));
    return known_of(first_row(sought).copied);
}

}  // namespace

Held hold_known(core::Address address, bool wait)
{
    Held held;
    bool address_locked = false;
    for (;;) {
        const Outcome outcome = find_by_address(address, wait ? Locking::wait : Locking::skip);
        held.renewed = held.renewed || outcome.renewed;
        if (outcome.lock == Lock::busy) return held;
        if (outcome.lock == Lock::gone) {
            held.renewed = true;  // another transaction forgot it, and maybe remembered it anew
            continue;
        }
        held.known = known_of(outcome.copied);
        if (held.known || address_locked || !may_be_first_seen_elsewhere(address)) break;
        const Address lock = lock_address(address, wait);
        if (lock == Address::busy) return held;
        held.renewed = held.renewed || lock == Address::waited;
        address_locked = true;
    }
    held.got = true;
    // What the others committed has been told to the caches by now, if they listen.
    pg::call([] { AcceptInvalidationMessages(); });
    return held;
}

std::optional<Known> find_at(core::Address address) { return known_of(find_by_address(address, Locking::none).copied); }

void each_known(const std::function<void(const core::Address &, const std::string &, const std::string &)> &visit)
{
    struct Row {
        Oid classid;
        Oid objid;
        const char *object_type;
        const char *identity;
    };
    struct Found {
        Row *rows;
        std::int64_t count;
    };
    const Oid table = guard::hold_table("known_object", AccessShareLock);
    const Found found = pg::call([table] {
        Found all{nullptr, 0};
        std::int64_t capacity = 0;
        const Relation relation = table_open(table, AccessShareLock);
        const SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, nullptr, 0, nullptr);
        for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
            CHECK_FOR_INTERRUPTS();
            if (all.count == capacity) {
                capacity = capacity == 0 ? 64 : capacity * 2;
                const Size size = static_cast<Size>(capacity) * sizeof(Row);
                all.rows = static_cast<Row *>(all.rows == nullptr ? MemoryContextAllocHuge(CurrentMemoryContext, size) : repalloc_huge(all.rows, size));
            }
            const TupleDesc descriptor = RelationGetDescr(relation);
            bool null = false;
            all.rows[all.count++] = {DatumGetObjectId(heap_getattr(tuple, classid, descriptor, &null)),
                                     DatumGetObjectId(heap_getattr(tuple, objid, descriptor, &null)),
                                     TextDatumGetCString(heap_getattr(tuple, object_type, descriptor, &null)),
                                     TextDatumGetCString(heap_getattr(tuple, identity, descriptor, &null))};
        }
        systable_endscan(scan);
        table_close(relation, AccessShareLock);
        return all;
    });
    for (std::int64_t i = 0; i < found.count; ++i) {
        visit({found.rows[i].classid, found.rows[i].objid, 0}, found.rows[i].object_type, found.rows[i].identity);
    }
}

std::optional<Known> find_named(const std::string &type, const std::string &name) { return find_by_name(type, name, false); }

std::optional<Known> find_renumbered(const std::string &type, const std::string &name) { return find_by_name(type, name, true); }

void remember(const KnownState &state, const std::optional<Known> &before)
{
    NewRow<column_count> row;
    row.set(classid, ObjectIdGetDatum(state.address.classid));
    row.set(objid, ObjectIdGetDatum(state.address.objid));
    row.text(object_type, state.object_type);
    row.text(identity, state.identity);
    row.set(definition, state.definition);
    if (state.ledger_id) row.set(ledger_id, Int64GetDatum(*state.ledger_id));
    row.set(seen_at, TimestampTzGetDatum(GetCurrentTimestamp()));
    row.set(identity_hash, Int64GetDatum(hash_of(state.object_type, state.identity)));
    const Oid table = guard::hold_table("known_object", RowExclusiveLock);
    if (before) {
        update_row(table, before->row, row.values.data(), row.nulls.data(), column_count);
    } else {
        insert_row(table, row);
    }
}

void forget(const Known &known) { delete_row(guard::hold_table("known_object", RowExclusiveLock), known.row); }

void forget_all()
{
    const Oid table = guard::hold_table("known_object", RowExclusiveLock);
    pg::call([table] {
        const Relation relation = table_open(table, RowExclusiveLock);
        const SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, nullptr, 0, nullptr);
        for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
            CHECK_FOR_INTERRUPTS();
            simple_heap_delete(relation, &tuple->t_self);
        }
        systable_endscan(scan);
        table_close(relation, NoLock);
        CommandCounterIncrement();
    });
}

}  // namespace ledger
