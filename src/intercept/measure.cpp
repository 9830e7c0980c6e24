#include "intercept/measure.hpp"

#include "pg/attempt.hpp"
#include "settings.hpp"

namespace intercept {
namespace {

// A refusal must not take long: larger tables are estimated.
constexpr BlockNumber most_blocks = 1024;

struct Members {
    const Oid *oids;
    int count;
};

Members find_members(Oid relation, bool with_children)
{
    List *const found = with_children ? find_all_inheritors(relation, NoLock, nullptr) : list_make1_oid(relation);
    auto *const oids = static_cast<Oid *>(palloc(sizeof(Oid) * static_cast<Size>(list_length(found))));
    int count = 0;
    ListCell *cell;
    foreach (cell, found) oids[count++] = lfirst_oid(cell);
    return {oids, count};
}

// Rows of one relation, or non-null values of a column when column > 0.
// Returns -1 when that would take long or wait.
std::int64_t scan_relation(Oid oid, AttrNumber column, LOCKMODE lock, BlockNumber &budget)
{
    const char kind = get_rel_relkind(oid);
    if (kind == RELKIND_PARTITIONED_TABLE) return 0;
    if (kind != RELKIND_RELATION && kind != RELKIND_MATVIEW) return -1;
    if (!ConditionalLockRelationOid(oid, lock)) return -1;
    const Relation relation = try_relation_open(oid, NoLock);
    if (relation == nullptr) {
        UnlockRelationOid(oid, lock);
        return -1;
    }
    std::int64_t rows = -1;
    const BlockNumber blocks = RelationGetNumberOfBlocks(relation);
    const bool readable = !RELATION_IS_OTHER_TEMP(relation) && blocks <= budget &&
                          column <= RelationGetNumberOfAttributes(relation);
    if (readable) {
        budget -= blocks;
        rows = 0;
        const Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
        TupleTableSlot *const slot = table_slot_create(relation, nullptr);
        const TableScanDesc scan = table_beginscan(relation, snapshot, 0, nullptr);
        while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
            CHECK_FOR_INTERRUPTS();
            if (column <= 0 || !slot_attisnull(slot, column)) ++rows;
        }
        table_endscan(scan);
        ExecDropSingleTupleTableSlot(slot);
        UnregisterSnapshot(snapshot);
    }
    // What proves that there is nothing stays locked until the transaction ends.
    const bool keep = lock == AccessExclusiveLock && rows == 0;
    relation_close(relation, keep ? NoLock : lock);
    return rows;
}

double estimated_rows(Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return 0;
    const double rows = static_cast<double>(reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->reltuples);
    ReleaseSysCache(tuple);
    return rows;
}

double null_fraction(Oid oid, AttrNumber column)
{
    const HeapTuple tuple = SearchSysCache3(STATRELATTINH, ObjectIdGetDatum(oid), Int16GetDatum(column), BoolGetDatum(false));
    if (!HeapTupleIsValid(tuple)) return 0;
    const double fraction = static_cast<double>(reinterpret_cast<Form_pg_statistic>(GETSTRUCT(tuple))->stanullfrac);
    ReleaseSysCache(tuple);
    return fraction;
}

// The child's own number of the parent's column.
AttrNumber column_in(Oid relation, Oid member, AttrNumber column)
{
    if (relation == member || column <= 0) return column;
    const char *const name = get_attname(relation, column, true);
    return name != nullptr ? get_attnum(member, name) : InvalidAttrNumber;
}

struct Sum {
    std::int64_t rows;
    bool exact;
    bool known;
};

Sum add_up(Oid relation, AttrNumber column, bool with_children, Proof proof)
{
    const Members members = find_members(relation, with_children);
    Sum total{0, true, true};
    BlockNumber budget = most_blocks;
    for (int i = 0; i < members.count; ++i) {
        const Oid member = members.oids[i];
        const AttrNumber own_column = column_in(relation, member, column);
        const std::int64_t rows = scan_relation(member, own_column, proof == Proof::exclusive ? AccessExclusiveLock : AccessShareLock, budget);
        if (rows >= 0) {
            total.rows += rows;
            continue;
        }
        total.exact = false;
        const double estimate = estimated_rows(member);
        if (estimate < 0) {
            total.known = false;
        } else {
            total.rows += static_cast<std::int64_t>(estimate * (1.0 - (own_column > 0 ? null_fraction(member, own_column) : 0.0)));
        }
    }
    return total;
}

Count count(Oid relation, AttrNumber column, bool with_children, Proof proof)
{
    if (settings::mode() == settings::Mode::record) return {};
    Sum sum{0, false, false};
    // A damaged table can still be dropped: what is in it is not known then.
    const ErrorData *const failed = pg::attempt([=, &sum] { sum = add_up(relation, column, with_children, proof); });
    if (failed != nullptr || !sum.known) return {};
    return {sum.rows, sum.exact};
}

}  // namespace

std::string Count::text(std::string_view noun) const
{
    if (rows < 0) return {};
    std::string text = exact ? "" : "about ";
    text += std::to_string(rows) + ' ' + std::string(noun);
    if (rows != 1) text += 's';
    return text;
}

Count count_rows(Oid relation, bool with_children, Proof proof) { return count(relation, 0, with_children, proof); }

Count count_values(Oid relation, AttrNumber column, bool with_children, Proof proof)
{
    return count(relation, column, with_children, proof);
}

std::vector<Oid> members_of(Oid relation, bool with_children)
{
    const Members members = pg::call([=] { return find_members(relation, with_children); });
    return {members.oids, members.oids + members.count};
}

}  // namespace intercept
