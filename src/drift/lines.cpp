#include "drift/lines.hpp"

namespace drift {
namespace {

constexpr const char *column_name = "line";

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
        TableScanDesc scan;
        TupleTableSlot *slot;
    };
    const auto state = pg::call([relation] {
        State begun{};
        begun.context = AllocSetContextCreate(CurrentMemoryContext, "langchef_guard line", ALLOCSET_DEFAULT_SIZES);
        begun.snapshot = RegisterSnapshot(GetActiveSnapshot());
        // From the first row on: another scan of the table must not make this one begin in its middle.
        begun.scan = table_beginscan_strat(relation, begun.snapshot, 0, nullptr, true, false);
        begun.slot = table_slot_create(relation, nullptr);
        return begun;
    });
    context_ = state.context;
    snapshot_ = state.snapshot;
    scan_ = state.scan;
    slot_ = state.slot;
}

TableLines::~TableLines()
{
    // After an error the transaction's abort takes it back.
    if (std::uncaught_exceptions() != exceptions_at_start_) return;
    ExecDropSingleTupleTableSlot(slot_);
    table_endscan(scan_);
    UnregisterSnapshot(snapshot_);
    table_close(relation_, AccessShareLock);
    MemoryContextDelete(context_);
}

std::optional<std::string_view> TableLines::next()
{
    struct View {
        const char *data;
        std::size_t size;
        bool row;
    };
    for (;;) {
        const auto view = pg::call([this] {
            CHECK_FOR_INTERRUPTS();
            MemoryContextReset(context_);
            if (!table_scan_getnextslot(scan_, ForwardScanDirection, slot_)) return View{nullptr, 0, false};
            bool null = false;
            const Datum value = slot_getattr(slot_, column_, &null);
            if (null) return View{nullptr, 0, true};
            const MemoryContext outer = MemoryContextSwitchTo(context_);
            struct varlena *const plain = PG_DETOAST_DATUM_PACKED(value);
            MemoryContextSwitchTo(outer);
            return View{VARDATA_ANY(plain), VARSIZE_ANY_EXHDR(plain), true};
        });
        if (!view.row) return std::nullopt;
        ++number_;
        const std::string_view line(view.data, view.size);
        if (line.find_first_not_of(" \t\r\n") != std::string_view::npos) return line;
    }
}

}  // namespace drift
