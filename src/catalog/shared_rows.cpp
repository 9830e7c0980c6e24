#include "catalog/shared_rows.hpp"

#include "catalog/scan.hpp"
#include "catalog/secret.hpp"
#include "catalog/stamp_layout.hpp"

namespace catalog {
namespace {

// Growing as the server's memory does: inside pg::call nothing else may be owned.
struct Shared {
    SharedObject *objects = nullptr;
    std::size_t count = 0;
    std::size_t room = 0;
    core::Stamp common;

    void add(Oid catalog, Oid object, core::Stamp stamp)
    {
        if (is_systems(catalog, object)) {
            common.add(stamp);
            return;
        }
        if (count == room) {
            room = room == 0 ? 64 : room * 2;
            const Size size = room * sizeof(SharedObject);
            objects = static_cast<SharedObject *>(objects == nullptr ? palloc(size) : repalloc_huge(objects, size));
        }
        objects[count++] = {catalog, object, stamp};
    }
};

template <typename Each>
void each_row(Snapshot snapshot, Oid catalog, Each each)
{
    const Relation relation = table_open(catalog, AccessShareLock);
    const TableScanDesc rows = table_beginscan_strat(relation, snapshot, 0, nullptr, true, false);
    for (HeapTuple tuple = heap_getnext(rows, ForwardScanDirection); HeapTupleIsValid(tuple); tuple = heap_getnext(rows, ForwardScanDirection)) {
        CHECK_FOR_INTERRUPTS();
        each(tuple, RelationGetDescr(relation));
    }
    table_endscan(rows);
    table_close(relation, AccessShareLock);
}

template <typename Each>
void each_subscription(Snapshot snapshot, Each each)
{
    each_row(snapshot, SubscriptionRelationId, [&each](HeapTuple tuple, TupleDesc) {
        const auto *const form = form_of<FormData_pg_subscription>(tuple);
        if (form->subdbid == MyDatabaseId) each(form->oid, tuple);
    });
}

void add_names(Snapshot snapshot, Oid catalog, AttrNumber name, Shared *shared)
{
    each_row(snapshot, catalog, [catalog, name, shared](HeapTuple tuple, TupleDesc columns) {
        const Oid object = DatumGetObjectId(field(tuple, columns, 1).value);
        const char *const text = NameStr(*DatumGetName(field(tuple, columns, name).value));
        const auto length = static_cast<int>(std::strlen(text));
        const std::uint64_t hash = DatumGetUInt64(hash_any_extended(reinterpret_cast<const unsigned char *>(text), length, 0));
        shared->add(catalog, object, core::row_stamp(catalog, hash, object));
    });
}

// What stands for the default of tables and indexes.
void add_database(Snapshot snapshot, Shared *shared)
{
    each_row(snapshot, DatabaseRelationId, [shared](HeapTuple tuple, TupleDesc) {
        const auto *const form = form_of<FormData_pg_database>(tuple);
        if (form->oid == MyDatabaseId) shared->common.add(core::row_stamp(DatabaseRelationId, form->dattablespace, form->oid));
    });
}

}  // namespace

bool has_subscriptions(Snapshot snapshot)
{
    bool found = false;
    each_subscription(snapshot, [&found](Oid, HeapTuple) { found = true; });
    return found;
}

void read_subscriptions(Snapshot snapshot, PageScribe *scribe)
{
    each_subscription(snapshot, [scribe](Oid subscription, HeapTuple tuple) {
        scribe->count(counted_object(SubscriptionRelationId, subscription), SubscriptionRelationId, tuple, false, true);
    });
}

std::vector<SharedObject> read_shared(Snapshot snapshot, core::Stamp &common)
{
    const Shared found = pg::call([snapshot] {
        Shared shared;
        add_names(snapshot, AuthIdRelationId, Anum_pg_authid_rolname, &shared);
        add_names(snapshot, TableSpaceRelationId, Anum_pg_tablespace_spcname, &shared);
        add_database(snapshot, &shared);
        shared.common.add(core::row_stamp(0, secret_key_mark(), 0));
        return shared;
    });
    common.add(found.common);
    std::vector<SharedObject> objects(found.objects, found.objects + found.count);
    std::sort(objects.begin(), objects.end(), [](const auto &left, const auto &right) {
        return left.object != right.object ? left.object < right.object : left.catalog < right.catalog;
    });
    return objects;
}

}  // namespace catalog
