#include "intercept/measure.hpp"

#include "pg/attempt.hpp"
#include "settings.hpp"

namespace intercept {
namespace {

// A refusal must not take long: beyond this many blocks tables are estimated.
constexpr BlockNumber most_blocks = 8192;

constinit Look *current_look = nullptr;

// What is counted in one relation (rows when the column is 0), and which sum it is a part of.
struct Item {
    Oid relation;
    AttrNumber column;
    int sum;
    std::int64_t found;
};

struct Sum {
    std::int64_t rows;
    bool exact;
    bool known;
};

// Looks at one relation for all its items.  False when that would take long or wait.
bool scan_relation(Oid oid, Item *items, int count, BlockNumber *budget)
{
    const char kind = get_rel_relkind(oid);
    if (kind == RELKIND_PARTITIONED_TABLE) return true;
    if (kind != RELKIND_RELATION && kind != RELKIND_MATVIEW) return false;
    if (!ConditionalLockRelationOid(oid, AccessShareLock)) return false;
    const Relation relation = try_relation_open(oid, NoLock);
    if (relation == nullptr) {
        UnlockRelationOid(oid, AccessShareLock);
        return false;
    }
    const BlockNumber blocks = RelationGetNumberOfBlocks(relation);
    bool readable = !RELATION_IS_OTHER_TEMP(relation) && blocks <= *budget;
    for (int i = 0; i < count; ++i) readable = readable && items[i].column <= RelationGetNumberOfAttributes(relation);
    if (readable) {
        *budget -= blocks;
        const Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
        TupleTableSlot *const slot = table_slot_create(relation, nullptr);
        const TableScanDesc scan = table_beginscan(relation, snapshot, 0, nullptr);
        while (table_scan_getnextslot(scan, ForwardScanDirection, slot)) {
            CHECK_FOR_INTERRUPTS();
            for (int i = 0; i < count; ++i) {
                if (items[i].column <= 0 || !slot_attisnull(slot, items[i].column)) ++items[i].found;
            }
        }
        table_endscan(scan);
        ExecDropSingleTupleTableSlot(slot);
        UnregisterSnapshot(snapshot);
    }
    relation_close(relation, AccessShareLock);
    return readable;
}

double estimated_rows(Oid oid)
{
    const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(oid));
    if (!HeapTupleIsValid(tuple)) return 0;
    const auto *const row = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple));
    // The rows of a partitioned table are those of its partitions.
    const double rows = row->relkind == RELKIND_PARTITIONED_TABLE ? 0 : static_cast<double>(row->reltuples);
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

void estimate(const Item *items, int count, Sum *sums)
{
    for (int i = 0; i < count; ++i) {
        Sum &sum = sums[items[i].sum];
        sum.exact = false;
        const double rows = estimated_rows(items[i].relation);
        if (rows < 0) {
            sum.known = false;
        } else {
            const double nulls = items[i].column > 0 ? null_fraction(items[i].relation, items[i].column) : 0.0;
            sum.rows += static_cast<std::int64_t>(rows * (1.0 - nulls));
        }
    }
}

// The number of rows is told to nobody who could not count them himself.
bool may_count(Oid relation)
{
    return pg_class_aclcheck(relation, GetUserId(), ACL_SELECT) == ACLCHECK_OK && check_enable_rls(relation, InvalidOid, true) != RLS_ENABLED;
}

// Items of one relation stand together.
void add_up(Oid named, Item *items, int count, Sum *sums, BlockNumber *budget)
{
    const bool may_look = may_count(named);
    for (int first = 0, last = 0; first < count; first = last) {
        while (last < count && items[last].relation == items[first].relation) ++last;
        if (!may_look || !scan_relation(items[first].relation, items + first, last - first, budget)) {
            estimate(items + first, last - first, sums);
            continue;
        }
        for (int i = first; i < last; ++i) sums[items[i].sum].rows += items[i].found;
    }
}

std::vector<Count> count(Oid named, std::vector<Item> items, std::size_t sum_count)
{
    if (settings::mode() == settings::Mode::record) return std::vector<Count>(sum_count);
    std::stable_sort(items.begin(), items.end(), [](const Item &a, const Item &b) { return a.relation < b.relation; });
    std::vector<Sum> sums(sum_count, Sum{0, true, true});
    BlockNumber own_budget = most_blocks;
    BlockNumber *const budget = current_look != nullptr ? &current_look->budget() : &own_budget;
    Item *const first_item = items.data();
    const int item_count = static_cast<int>(items.size());
    Sum *const first_sum = sums.data();
    // A damaged table can still be dropped: what is in it is not known then.
    const ErrorData *const failed = pg::attempt([=] { add_up(named, first_item, item_count, first_sum, budget); });
    std::vector<Count> counts;
    for (const Sum &sum : sums) counts.push_back(failed != nullptr || !sum.known ? Count{} : Count{sum.rows, sum.exact});
    return counts;
}

}  // namespace

Look::Look() : outer_(current_look), budget_(most_blocks) { current_look = this; }

Look::~Look() { current_look = outer_; }

Look *Look::current() { return current_look; }

std::string Count::text(std::string_view noun) const
{
    if (rows < 0) return {};
    std::string text = exact ? "" : "about ";
    text += std::to_string(rows) + ' ' + std::string(noun);
    if (rows != 1) text += 's';
    return text;
}

Count count_rows(Oid relation, bool with_children)
{
    Look *const look = Look::current();
    const std::pair<Oid, bool> key{relation, with_children};
    if (look != nullptr && look->rows().count(key) > 0) return look->rows().at(key);
    std::vector<Item> items;
    for (const Oid member : members_of(relation, with_children)) items.push_back({member, 0, 0, 0});
    const Count rows = count(relation, std::move(items), 1).front();
    if (look != nullptr) look->rows().emplace(key, rows);
    return rows;
}

Count count_values(Oid relation, AttrNumber column, bool with_children)
{
    std::vector<Item> items;
    for (const Oid member : members_of(relation, with_children)) {
        // Another session may have given it another name there meanwhile: then there are no values of it.
        const AttrNumber own = column_in(relation, member, column);
        if (own > 0) items.push_back({member, own, 0, 0});
    }
    return count(relation, std::move(items), 1).front();
}

std::vector<Count> count_values(Oid named, const std::vector<std::vector<ColumnOf>> &columns)
{
    std::vector<Item> items;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        for (const auto &column : columns[i]) items.push_back({column.relation, column.column, static_cast<int>(i), 0});
    }
    return count(named, std::move(items), columns.size());
}

}  // namespace intercept
