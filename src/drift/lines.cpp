#include "drift/lines.hpp"

#include "drift/environment.hpp"

namespace drift {
namespace {

constexpr const char *column_name = "line";

enum Column { column_key, column_number, column_place, columns };

constexpr const char *table_hint = "Make it with CREATE TEMP TABLE snapshot_lines (line text), and load it with "
                                   "\\copy snapshot_lines FROM 'file' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02').";

void require_lines(Relation relation, AttrNumber column)
{
    const std::string name = RelationGetRelationName(relation);
    const auto refuse = [&name](const char *why) {
        throw pg::GuardError(ERRCODE_WRONG_OBJECT_TYPE, "\"" + name + "\" cannot be read as lines of a snapshot", why, table_hint);
    };
    if (relation->rd_rel->relkind != RELKIND_RELATION) refuse("It is no ordinary table.");
    if (RELATION_IS_OTHER_TEMP(relation)) refuse("It is a temporary table of another session.");
    const Oid table = RelationGetRelid(relation);
    if (column <= 0 || pg::call([table, column] { return get_atttype(table, column); }) != TEXTOID) refuse("It has no column \"line\" of type text.");
}

void require_readable(Relation relation, Oid role)
{
    const Oid table = RelationGetRelid(relation);
    const char *const name = RelationGetRelationName(relation);
    pg::call([table, role, name] {
        const AclResult result = pg_class_aclcheck(table, role, ACL_SELECT);
        if (result != ACLCHECK_OK) aclcheck_error(result, OBJECT_TABLE, name);
    });
    if (pg::call([table, role] { return check_enable_rls(table, role, true); }) != RLS_ENABLED) return;
    throw pg::GuardError(ERRCODE_INSUFFICIENT_PRIVILEGE, "row security of \"" + std::string(name) + "\" may hide lines of the snapshot");
}

}  // namespace

TableLines::TableLines(Oid table, Oid role) : exceptions_at_start_(std::uncaught_exceptions())
{
    relation_ = pg::call([table] { return try_table_open(table, AccessShareLock); });
    if (relation_ == nullptr) throw pg::GuardError(ERRCODE_UNDEFINED_TABLE, "relation with OID " + std::to_string(table) + " does not exist");
    column_ = pg::call([table] { return get_attnum(table, column_name); });
    require_readable(relation_, role);
    require_lines(relation_, column_);
    const Relation relation = relation_;
    struct State {
        MemoryContext context;
        Snapshot snapshot;
        TupleTableSlot *slot;
        Tuplesortstate *sort;
        TupleTableSlot *place;
        TupleTableSlot *row;
    };
    const auto state = pg::call([relation] {
        State begun{};
        begun.context = AllocSetContextCreate(CurrentMemoryContext, "langchef_guard line", ALLOCSET_DEFAULT_SIZES);
        begun.snapshot = RegisterSnapshot(GetActiveSnapshot());
        begun.slot = table_slot_create(relation, nullptr);
        const TupleDesc row = CreateTemplateTupleDesc(columns);
        TupleDescInitEntry(row, column_key + 1, "key", TEXTOID, -1, 0);
        TupleDescInitEntryCollation(row, column_key + 1, C_COLLATION_OID);
        TupleDescInitEntry(row, column_number + 1, "number", INT8OID, -1, 0);
        TupleDescInitEntry(row, column_place + 1, "place", TIDOID, -1, 0);
        AttrNumber by[] = {column_key + 1, column_number + 1};
        Oid less[] = {TextLessOperator, Int8LessOperator};
        Oid collation[] = {C_COLLATION_OID, InvalidOid};
        bool nulls_first[] = {false, false};
        begun.sort = tuplesort_begin_heap(row, 2, by, less, collation, nulls_first, maintenance_work_mem, nullptr, TUPLESORT_NONE);
        begun.place = MakeSingleTupleTableSlot(row, &TTSOpsMinimalTuple);
        begun.row = MakeSingleTupleTableSlot(row, &TTSOpsVirtual);
        return begun;
    });
    context_ = state.context;
    snapshot_ = state.snapshot;
    slot_ = state.slot;
    sort_ = state.sort;
    place_ = state.place;
    row_ = state.row;
    put_in_order();
}

TableLines::~TableLines()
{
    // After an error the transaction's abort takes it back.
    if (std::uncaught_exceptions() != exceptions_at_start_) return;
    ExecDropSingleTupleTableSlot(row_);
    ExecDropSingleTupleTableSlot(place_);
    tuplesort_end(sort_);
    ExecDropSingleTupleTableSlot(slot_);
    UnregisterSnapshot(snapshot_);
    table_close(relation_, AccessShareLock);
    MemoryContextDelete(context_);
}

// Valid until the next call; a null is an empty line.
std::string_view TableLines::line_in_slot()
{
    struct View {
        const char *data;
        std::size_t size;
    };
    const auto view = pg::call([this] {
        MemoryContextReset(context_);
        bool null = false;
        const Datum value = slot_getattr(slot_, column_, &null);
        if (null) return View{nullptr, 0};
        const MemoryContext outer = MemoryContextSwitchTo(context_);
        struct varlena *const plain = PG_DETOAST_DATUM_PACKED(value);
        MemoryContextSwitchTo(outer);
        return View{VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain)};
    });
    return {view.data, view.size};
}

void TableLines::put_in_order()
{
    const Relation relation = relation_;
    const Snapshot snapshot = snapshot_;
    // From the first row on: another scan of the table must not make this one begin in its middle.
    const TableScanDesc scan = pg::call([relation, snapshot] { return table_beginscan_strat(relation, snapshot, 0, nullptr, true, false); });
    TupleTableSlot *const slot = slot_;
    std::int64_t number = 0;
    const auto next = [scan, slot] {
        CHECK_FOR_INTERRUPTS();
        return table_scan_getnextslot(scan, ForwardScanDirection, slot);
    };
    while (pg::call(next)) {
        const auto line = line_in_slot();
        ++number;
        if (line.find_first_not_of(" \t\r\n") != std::string_view::npos) add(line, number);
    }
    pg::call([scan] { table_endscan(scan); });
    Tuplesortstate *const sort = sort_;
    pg::call([sort] { tuplesort_performsort(sort); });
}

// What has no id, like the header, comes first.
void TableLines::add(std::string_view line, std::int64_t number)
{
    const auto key = to_utf8(core::id_in_line(line, !needs_conversion()));
    pg::call([this, &key, number] {
        const MemoryContext outer = MemoryContextSwitchTo(context_);
        TupleTableSlot *const row = row_;
        ExecClearTuple(row);
        std::memset(row->tts_isnull, 0, sizeof(bool) * columns);
        row->tts_values[column_key] = PointerGetDatum(cstring_to_text_with_len(key.data(), static_cast<int>(key.size())));
        row->tts_values[column_number] = Int64GetDatum(number);
        row->tts_values[column_place] = PointerGetDatum(&slot_->tts_tid);
        ExecStoreVirtualTuple(row);
        tuplesort_puttupleslot(sort_, row);
        ExecClearTuple(row);
        MemoryContextSwitchTo(outer);
    });
}

std::optional<std::string_view> TableLines::next()
{
    const bool more = pg::call([this] {
        CHECK_FOR_INTERRUPTS();
        return tuplesort_gettupleslot(sort_, true, false, place_, nullptr);
    });
    if (!more) return std::nullopt;
    const bool found = pg::call([this] {
        slot_getallattrs(place_);
        number_ = DatumGetInt64(place_->tts_values[column_number]);
        const auto place = reinterpret_cast<ItemPointer>(DatumGetPointer(place_->tts_values[column_place]));
        return table_tuple_fetch_row_version(relation_, place, snapshot_, slot_);
    });
    // The snapshot keeps it.
    if (!found) throw pg::GuardError(ERRCODE_DATA_CORRUPTED, "line " + std::to_string(number_) + " of the snapshot cannot be read again");
    return line_in_slot();
}

}  // namespace drift
