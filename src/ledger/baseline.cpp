#include "ledger/baseline.hpp"

#include <map>
#include <set>

#include "catalog/reader.hpp"
#include "guard/installation.hpp"
#include "guard/own_table.hpp"
#include "ledger/image.hpp"
#include "ledger/known.hpp"
#include "ledger/revision.hpp"
#include "ledger/table.hpp"
#include "pg/entry.hpp"
#include "pg/scratch.hpp"

namespace ledger {
namespace {

// Columns of langchef_guard.baseline_state, in the order of the install script.
enum Column : int { singleton = 1, system_identifier, database_oid, column_count = database_oid };

struct State {
    bool found;
    bool same;
    bool copied;  // from another database of the cluster
    bool own_change;  // not committed yet
    ItemPointerData row;
};

// Schema of the installation whose baseline was found right, by a committed row.
constinit Oid verified_schema = InvalidOid;

State read_state()
{
    const Oid table = guard::hold_table("baseline_state", AccessShareLock);
    const std::int64_t running = guard::system_identifier();
    return pg::call([table, running] {
        State state{};
        const Relation relation = table_open(table, AccessShareLock);
        const SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, nullptr, 0, nullptr);
        if (const HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple)) {
            bool null = false;
            const int64 system = DatumGetInt64(heap_getattr(tuple, system_identifier, RelationGetDescr(relation), &null));
            const Oid database = DatumGetObjectId(heap_getattr(tuple, database_oid, RelationGetDescr(relation), &null));
            state.found = true;
            state.same = system == running && database == MyDatabaseId;
            state.copied = system == running && database != MyDatabaseId;
            state.own_change = TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetXmin(tuple->t_data));
            state.row = tuple->t_self;
        }
        systable_endscan(scan);
        table_close(relation, AccessShareLock);
        return state;
    });
}

void write_state(const State &state)
{
    const Oid table = guard::hold_table("baseline_state", RowExclusiveLock);
    NewRow<column_count> row;
    row.set(singleton, BoolGetDatum(true));
    row.set(system_identifier, Int64GetDatum(guard::system_identifier()));
    row.set(database_oid, ObjectIdGetDatum(MyDatabaseId));
    if (state.found) {
        update_row(table, state.row, row.values.data(), row.nulls.data(), column_count);
    } else {
        insert_row(table, row);
    }
}

// The state of an object from before the command, in a table of another cluster: pg_upgrade
// keeps the OIDs of relations and types, and those alone, which tells what had another name.
std::optional<Known> find_before(const Subject &subject)
{
    std::optional<Known> known = find_named(subject.object_type, subject.identity);
    const bool keeps_oid = subject.address.classid == RelationRelationId || subject.address.classid == TypeRelationId;
    if (known || !keeps_oid) return known;
    known = find_at(subject.address);
    if (known && known->object_type != subject.object_type) known.reset();
    return known;
}

bool is_own_change(const core::Facts &facts)
{
    return std::any_of(facts.begin(), facts.end(), [](const core::Fact &fact) { return TransactionIdIsCurrentTransactionId(fact.xmin); });
}

KnownState state_of(core::Address address, const Known &known) { return {address, known.object_type, known.identity, known.definition, known.ledger_id}; }

// Reads all but the given ones and what the transaction changed besides, whose state from
// before is put back under their present addresses.
void replace_baseline(const std::vector<Subject> &changed)
{
    std::map<core::Address, KnownState> kept;
    std::set<core::Address> skipped;
    const auto keep = [&](const Subject &subject) {
        if (!skipped.insert(subject.address).second) return;
        if (const std::optional<Known> known = find_before(subject)) kept.emplace(subject.address, state_of(subject.address, *known));
    };
    for (const Subject &subject : changed) keep(subject);
    catalog::read_database(catalog::Order::by_name, [&](core::Facts &&facts) {
        if (is_own_change(facts)) keep(describe(facts.front().address));
    });
    forget_all();
    for (const auto &[address, state] : kept) remember(state, std::nullopt);
    catalog::read_database(catalog::Order::by_name, [&](core::Facts &&facts) {
        const core::Address address = facts.front().address;
        if (skipped.contains(address)) return;
        const pg::ScratchContext scratch;
        const Subject subject = describe(address);
        remember({address, subject.object_type, subject.identity, image_of(std::move(facts)).definition, std::nullopt}, std::nullopt);
    });
}

}  // namespace

void read_baseline()
{
    const catalog::PinnedSettings pinned;
    replace_baseline({});
    write_state(read_state());
}

void ensure_baseline(const std::vector<Subject> &changed)
{
    const auto installation = guard::installation();
    if (!installation || installation->schema == verified_schema) return;
    State state = read_state();
    if (!state.same) {
        // Sessions that start together read the catalogs once: they wait as long as that takes.
        const Oid table = guard::own_relation("baseline_state");
        pg::call([table] { LockRelationOid(table, ShareRowExclusiveLock); });
        state = read_state();
    }
    if (!state.same) {
        // A copy within the cluster has every object under the address it had: what was known holds.
        if (!state.copied) replace_baseline(changed);
        write_state(state);
        watch_version_tables();
    } else if (!state.own_change) {
        verified_schema = installation->schema;
    }
}

}  // namespace ledger

// langchef_guard.baseline(): called by the install script alone.
LCG_FUNCTION(lcg_baseline)
{
    ledger::read_baseline();
    ledger::watch_version_tables();
    return Datum{0};
}
