#include "ledger/known.hpp"

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
    column_count = seen_at
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

Copied first_row(const char *index_name, ScanKeyData first, ScanKeyData second, bool gone_only)
{
    const Oid table = guard_relation("known_object");
    const Oid index = guard_relation(index_name);
    return pg::call([=] {
        Copied copied{};
        ScanKeyData keys[2] = {first, second};
        const Relation relation = table_open(table, AccessShareLock);
        const SysScanDesc scan = systable_beginscan(relation, index, true, nullptr, 2, keys);
        for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
            copied = copy_row(tuple, RelationGetDescr(relation));
            if (!gone_only || !object_exists(copied.classid, copied.objid)) break;
            copied.found = false;
        }
        systable_endscan(scan);
        table_close(relation, AccessShareLock);
        return copied;
    });
}

std::optional<Known> known_of(const Copied &copied)
{
    if (!copied.found) return std::nullopt;
    Known known{copied.row, {copied.classid, copied.objid, 0}, copied.object_type, copied.identity, copied.definition, std::nullopt};
    if (copied.has_ledger_id) known.ledger_id = copied.ledger_id;
    return known;
}

std::optional<Known> find_by_name(const std::string &type, const std::string &name, bool gone_only)
{
    const Datum type_datum = pg::text_datum(type);
    const Datum name_datum = pg::text_datum(name);
    // The columns have collation "C", which is what ScanKeyInit assumes.
    ScanKeyData first;
    ScanKeyData second;
    ScanKeyInit(&first, identity, BTEqualStrategyNumber, F_TEXTEQ, name_datum);
    ScanKeyInit(&second, object_type, BTEqualStrategyNumber, F_TEXTEQ, type_datum);
    return known_of(first_row("known_object_identity_idx", first, second, gone_only));
}

}  // namespace

std::optional<Known> find_known(core::Address address)
{
    ScanKeyData first;
    ScanKeyData second;
    ScanKeyInit(&first, classid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(address.classid));
    ScanKeyInit(&second, objid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(address.objid));
    return known_of(first_row("known_object_pkey", first, second, false));
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
    const Oid table = guard_relation("known_object");
    if (before) {
        update_row(table, before->row, row.values.data(), row.nulls.data(), column_count);
    } else {
        insert_row(table, row);
    }
}

void forget(const Known &known) { delete_row(guard_relation("known_object"), known.row); }

void forget_all()
{
    const Oid table = guard_relation("known_object");
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
