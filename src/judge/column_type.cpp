#include "core/node_text.hpp"
#include "intercept/describe.hpp"
#include "intercept/measure.hpp"
#include "judge/judge.hpp"
#include "pg/attempt.hpp"

namespace judge {
namespace {

// Old and new type of a column, and what the change means for the rows.
struct TypeChange {
    Oid old_type, new_type;
    std::int32_t old_typmod, new_typmod;
    Oid old_collation, new_collation;
    bool has_using;
    bool rewrites;
    bool unsure;      // taken to rewrite, for want of a look at the expression
    bool time_zone;   // between timestamp and timestamptz
    bool indexed;
    bool checked;
    bool stored;      // the relation has rows of its own
    const char *using_text;
    const char *search_path;
    const char *new_type_text;
};

bool is_timestamp_pair(Oid a, Oid b)
{
    return (a == TIMESTAMPOID && b == TIMESTAMPTZOID) || (a == TIMESTAMPTZOID && b == TIMESTAMPOID);
}

// Whether the planned conversion needs a new copy of the table, by the same
// look at it that ALTER TABLE takes.
bool planned_rewrites(Node *converted, AttrNumber column)
{
    for (;;) {
        switch (nodeTag(converted)) {
            case T_Var: return reinterpret_cast<Var *>(converted)->varattno != column;
            case T_RelabelType: converted = reinterpret_cast<Node *>(reinterpret_cast<RelabelType *>(converted)->arg); break;
            case T_CoerceToDomain: {
                auto *const domain = reinterpret_cast<CoerceToDomain *>(converted);
                if (DomainHasConstraints(domain->resulttype)) return true;
                converted = reinterpret_cast<Node *>(domain->arg);
                break;
            }
            case T_FuncExpr: {
                auto *const function = reinterpret_cast<FuncExpr *>(converted);
                const bool harmless = (function->funcid == F_TIMESTAMPTZ_TIMESTAMP || function->funcid == F_TIMESTAMP_TIMESTAMPTZ) &&
                                      !TimestampTimestampTzRequiresRewrite();
                if (!harmless) return true;
                converted = static_cast<Node *>(linitial(function->args));
                break;
            }
            default: return true;
        }
    }
}

// The same for an expression over the column, before it gets the new type.
bool conversion_rewrites(ParseState *state, Node *value, AttrNumber column, const TypeChange &change)
{
    Node *const converted = coerce_to_target_type(state, value, exprType(value), change.new_type, change.new_typmod, COERCION_ASSIGNMENT,
                                                  COERCE_IMPLICIT_CAST, -1);
    if (converted == nullptr) return true;
    assign_expr_collations(state, converted);
    return planned_rewrites(reinterpret_cast<Node *>(expression_planner(reinterpret_cast<Expr *>(converted))), column);
}

bool assignment_rewrites(AttrNumber column, const TypeChange &change)
{
    Var *const value = makeVar(1, column, change.old_type, change.old_typmod, change.old_collation, 0);
    return conversion_rewrites(make_parsestate(nullptr), reinterpret_cast<Node *>(value), column, change);
}

// USING column::type says no more than the assignment would (Django writes it always).
bool using_rewrites(Oid oid, AttrNumber column, const Node *expression, const TypeChange &change)
{
    const Relation relation = table_open(oid, AccessShareLock);
    ParseState *const state = make_parsestate(nullptr);
    ParseNamespaceItem *const item = addRangeTableEntryForRelation(state, relation, AccessShareLock, nullptr, false, true);
    addNSItemToQuery(state, item, false, true, true);
    auto *const raw = static_cast<Node *>(copyObjectImpl(expression));
    Node *const value = transformExpr(state, raw, EXPR_KIND_ALTER_COL_TRANSFORM);
    const bool rewrites = conversion_rewrites(state, value, column, change);
    table_close(relation, AccessShareLock);
    return rewrites;
}

bool in_index(Oid relation, AttrNumber column)
{
    bool found = false;
    const Relation indexes = table_open(IndexRelationId, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_index_indrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    const SysScanDesc scan = systable_beginscan(indexes, IndexIndrelidIndexId, true, nullptr, 1, &key);
    for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple) && !found; tuple = systable_getnext(scan)) {
        const auto *const row = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple));
        for (int i = 0; i < row->indnatts; ++i) found = found || row->indkey.values[i] == column || row->indkey.values[i] == 0;
    }
    systable_endscan(scan);
    table_close(indexes, AccessShareLock);
    return found;
}

bool in_check(Oid relation, AttrNumber column)
{
    bool found = false;
    const Relation constraints = table_open(ConstraintRelationId, AccessShareLock);
    ScanKeyData key;
    ScanKeyInit(&key, Anum_pg_constraint_conrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(relation));
    const SysScanDesc scan = systable_beginscan(constraints, ConstraintRelidTypidNameIndexId, true, nullptr, 1, &key);
    for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple) && !found; tuple = systable_getnext(scan)) {
        const auto *const row = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
        if (row->contype != CONSTRAINT_CHECK && row->contype != CONSTRAINT_FOREIGN) continue;
        bool null = false;
        const Datum keys = heap_getattr(tuple, Anum_pg_constraint_conkey, RelationGetDescr(constraints), &null);
        if (null) continue;
        ArrayType *const array = DatumGetArrayTypeP(keys);
        const auto *const numbers = reinterpret_cast<const std::int16_t *>(ARR_DATA_PTR(array));
        for (int i = 0; i < ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)); ++i) found = found || numbers[i] == column;
    }
    systable_endscan(scan);
    table_close(constraints, AccessShareLock);
    return found;
}

TypeChange read_change(Oid relation, AttrNumber column, const ColumnDef *definition)
{
    TypeChange change{};
    // Another session may have dropped it since its name was looked up: the server has its own words for that.
    if (!SearchSysCacheExists2(ATTNUM, ObjectIdGetDatum(relation), Int16GetDatum(column))) return change;
    get_atttypetypmodcoll(relation, column, &change.old_type, &change.old_typmod, &change.old_collation);
    typenameTypeIdAndMod(nullptr, definition->typeName, &change.new_type, &change.new_typmod);
    change.new_collation = GetColumnDefCollation(nullptr, const_cast<ColumnDef *>(definition), change.new_type);
    change.has_using = definition->raw_default != nullptr;
    change.using_text = change.has_using ? nodeToString(definition->raw_default) : "";
    // The same names mean other functions under another search_path.
    change.search_path = change.has_using ? nodeToString(fetch_search_path(true)) : "";
    change.new_type_text = format_type_with_typemod(change.new_type, change.new_typmod);
    const char kind = get_rel_relkind(relation);
    change.stored = kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE;
    change.time_zone = is_timestamp_pair(change.old_type, change.new_type);
    // With USING that is looked at apart: the expression is read under a lock.
    change.rewrites = change.has_using || assignment_rewrites(column, change);
    change.indexed = in_index(relation, column);
    change.checked = in_check(relation, column);
    return change;
}

struct Digits {
    int precision, scale;
};

Digits numeric_digits(std::int32_t typmod)
{
    const std::int32_t packed = typmod - VARHDRSZ;
    const int scale = ((packed & 0x7ff) ^ 1024) - 1024;
    return {(packed >> 16) & 0xffff, scale};
}

// Place of a number type among those that hold more and more.
int width_of_number(Oid type)
{
    switch (type) {
        case INT2OID: return 1;
        case INT4OID: return 2;
        case INT8OID: return 3;
        case FLOAT4OID: return 4;
        case FLOAT8OID: return 5;
        case NUMERICOID: return 6;
        default: return 0;
    }
}

// The new type cannot hold every value of the old one.
bool narrows(const TypeChange &change)
{
    const bool limited = change.new_typmod >= 0;
    if (change.old_type == change.new_type) {
        if (!limited) return false;
        if (change.old_typmod < 0) return true;
        if (change.new_type != NUMERICOID) return change.new_typmod < change.old_typmod;
        const Digits before = numeric_digits(change.old_typmod);
        const Digits after = numeric_digits(change.new_typmod);
        return after.scale < before.scale || after.precision - after.scale < before.precision - before.scale;
    }
    const int before = width_of_number(change.old_type);
    const int after = width_of_number(change.new_type);
    if (before > 0 && after > 0) return after < before || (before <= 3 && after > 3 && after < 6 && before + 2 >= after) || limited;
    const bool from_text = change.old_type == TEXTOID || change.old_type == VARCHAROID;
    const bool to_text = change.new_type == VARCHAROID || change.new_type == BPCHAROID;
    if (from_text && to_text && limited) return change.old_typmod < 0 || change.new_typmod < change.old_typmod;
    return (change.old_type == TIMESTAMPOID || change.old_type == TIMESTAMPTZOID) && change.new_type == DATEOID;
}

std::string_view rule_of(const TypeChange &change)
{
    if (narrows(change)) return "D22";
    if (change.time_zone) return "R02";
    if (change.rewrites) return "R01";
    const bool type_differs = change.old_type != change.new_type || change.old_collation != change.new_collation;
    if (change.indexed && type_differs) return "R03";
    if (change.checked) return "R04";
    return "R16";
}

}  // namespace

void judge_column_type(Oid relation, AttrNumber column, const ColumnDef *definition, Effects &effects)
{
    TypeChange change = pg::call([=] { return read_change(relation, column, definition); });
    if (change.has_using) {
        bool rewrites = true;
        const ErrorData *const failed =
            pg::look([=, &rewrites] { rewrites = using_rewrites(relation, column, definition->raw_default, change); });
        change.unsure = failed != nullptr;
        change.rewrites = change.unsure || rewrites;
    }
    const bool same = change.old_type == change.new_type && change.old_typmod == change.new_typmod &&
                      change.old_collation == change.new_collation && !(change.has_using && change.rewrites);
    if (same) return;
    change.rewrites = change.rewrites && change.stored;
    core::Effect effect =
        intercept::effect_on(rule_of(change), "changing the type of", intercept::address_of(RelationRelationId, relation, column));
    effect.phrase += " to " + std::string(change.new_type_text);
    effect.detail = std::to_string(change.new_type) + ' ' + std::to_string(change.new_typmod) + ' ' +
                    std::to_string(change.new_collation) + ' ' + core::without_locations(change.using_text) + change.search_path +
                    children_text(relation, true);
    if (change.rewrites) {
        const intercept::Count rows = intercept::count_rows(relation);
        effect.rows = rows.rows;
        effect.loss = (rows.rows >= 0 ? rows.text("row") : "the table") + (change.unsure ? " may be rewritten" : " would be rewritten");
    } else if (change.indexed) {
        effect.loss = "its indexes may be rebuilt";
    }
    effects.push_back(std::move(effect));
}

}  // namespace judge
