#include "intercept/describe.hpp"
#include "intercept/resolve.hpp"
#include "judge/alter_table.hpp"

namespace judge {
namespace {

using intercept::address_of;

core::Address address_in(const intercept::ColumnOf &place) { return address_of(RelationRelationId, place.relation, place.column); }

bool is_exempt_in(const std::vector<intercept::ColumnOf> &places)
{
    return std::all_of(places.begin(), places.end(), [](const auto &place) { return is_exempt(address_in(place)); });
}

bool holds_values(char kind) { return kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE; }

// Columns of an index or constraint, to tell a single-column one from a wider one.
int key_columns(core::Address part)
{
    return pg::call([part] {
        int columns = 0;
        if (part.classid == ConstraintRelationId) {
            const HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(part.objid));
            if (!HeapTupleIsValid(tuple)) return 0;
            // From 18 on a column's NOT NULL is a constraint of its own; it says nothing about others.
            bool null = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple))->contype == 'n';
            const Datum keys = null ? 0 : SysCacheGetAttr(CONSTROID, tuple, Anum_pg_constraint_conkey, &null);
            if (!null) columns = ArrayGetNItems(ARR_NDIM(DatumGetArrayTypeP(keys)), ARR_DIMS(DatumGetArrayTypeP(keys)));
            ReleaseSysCache(tuple);
        } else if (part.classid == RelationRelationId) {
            const HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(part.objid));
            if (!HeapTupleIsValid(tuple)) return 0;
            columns = reinterpret_cast<Form_pg_index>(GETSTRUCT(tuple))->indnatts;
            ReleaseSysCache(tuple);
        }
        return columns;
    });
}

bool is_index_of_constraint(core::Address part)
{
    return part.classid == RelationRelationId &&
           OidIsValid(pg::call([part] { return get_index_constraint(part.objid); }));
}

// The index or constraint of the parent that this one comes from: by its own
// entry, or of a CHECK by its name on the table the command is about.
core::Address parent_part(core::Address part, Oid root)
{
    const Oid parent = pg::call([part, root] {
        if (part.classid == RelationRelationId) {
            return get_rel_relispartition(part.objid) ? get_partition_parent(part.objid, true) : InvalidOid;
        }
        const HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(part.objid));
        if (!HeapTupleIsValid(tuple)) return InvalidOid;
        const auto *const row = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
        const bool inherited = row->contype == CONSTRAINT_CHECK && !row->conislocal;
        const Oid found = inherited ? get_relation_constraint_oid(root, NameStr(row->conname), true) : row->conparentid;
        ReleaseSysCache(tuple);
        return found;
    });
    return {part.classid, parent, 0};
}

// Indexes and constraints among what goes with the column, without those that
// are said with another or are new.
std::vector<core::Address> parts_to_name(const std::vector<core::Address> &parts, Oid root)
{
    std::vector<core::Address> named;
    for (const auto &part : parts) {
        const bool can_be_named = part.objsubid == 0 && (part.classid == RelationRelationId || part.classid == ConstraintRelationId);
        if (!can_be_named || is_index_of_constraint(part) || key_columns(part) == 0 || is_exempt(part)) continue;
        const core::Address parent = parent_part(part, root);
        const bool said = std::find(parts.begin(), parts.end(), parent) != parts.end() && !is_exempt(parent);
        if (!said) named.push_back(part);
    }
    return named;
}

// A column of a composite type in the tables made of it, which CASCADE changes, too.
std::vector<std::vector<intercept::ColumnOf>> typed_places(const Target &target, const DroppedColumn &dropped)
{
    std::vector<std::vector<intercept::ColumnOf>> places;
    if (target.kind != RELKIND_COMPOSITE_TYPE || dropped.command->behavior != DROP_CASCADE) return places;
    for (const Oid table : intercept::typed_tables(target.relation)) {
        const AttrNumber own = intercept::column_in(target.relation, table, dropped.column);
        if (own > 0) places.push_back(intercept::columns_dropped(table, own, true));
    }
    return places;
}

std::string values_lost(const intercept::Count &values)
{
    std::string loss = values.text("non-null value");
    if (!loss.empty()) loss += " would be lost";
    return loss;
}

std::string places_text(const std::vector<intercept::ColumnOf> &places)
{
    std::string text;
    for (std::size_t i = 1; i < places.size(); ++i) {
        if (!is_exempt(address_in(places[i]))) text += ' ' + std::to_string(places[i].relation);
    }
    return text;
}

void add_typed(const std::vector<intercept::ColumnOf> &places, Effects &effects)
{
    const core::Address address = address_in(places.front());
    if (is_exempt_in(places)) return;
    const intercept::Count values = intercept::count_values(places.front().relation, {places}).front();
    core::Effect effect = intercept::effect_on("D03", "dropping", address);
    effect.rows = values.rows;
    effect.loss = values_lost(values);
    effect.collateral = true;
    effect.detail = places_text(places);
    effects.push_back(std::move(effect));
}

}  // namespace

std::vector<DroppedColumn> find_dropped_columns(const Target &target)
{
    std::vector<DroppedColumn> dropped;
    std::vector<std::vector<intercept::ColumnOf>> counted;
    const ListCell *cell;
    foreach (cell, target.statement->cmds) {
        const auto *const command = static_cast<const AlterTableCmd *>(lfirst(cell));
        if (command->subtype != AT_DropColumn) continue;
        const AttrNumber column = intercept::resolve_column(target.relation, command->name);
        if (column <= 0) continue;
        dropped.push_back({command, column, intercept::columns_dropped(target.relation, column, target.with_children), {}});
        // What is new need not be counted.
        counted.push_back(is_exempt_in(dropped.back().places) ? std::vector<intercept::ColumnOf>{} : dropped.back().places);
    }
    if (dropped.empty() || !holds_values(target.kind)) return dropped;
    const auto values = intercept::count_values(target.relation, counted);
    for (std::size_t i = 0; i < dropped.size(); ++i) dropped[i].values = values[i];
    return dropped;
}

void judge_dropped_column(const Target &target, const DroppedColumn &dropped, Effects &effects)
{
    std::vector<core::Address> columns;
    for (const auto &place : dropped.places) columns.push_back(address_in(place));
    const auto typed = typed_places(target, dropped);
    for (const auto &places : typed) {
        for (const auto &place : places) columns.push_back(address_in(place));
    }
    const auto parts = add_collateral(columns, dropped.command->behavior == DROP_CASCADE, "D02", effects);
    if (std::all_of(columns.begin(), columns.end(), is_exempt)) return;

    core::Effect effect = intercept::effect_on("D03", "dropping", columns.front());
    effect.rows = dropped.values.rows;
    effect.loss = values_lost(dropped.values);
    effect.seems_empty = dropped.values.none();
    effect.detail = places_text(dropped.places) + parts_text(parts);
    std::vector<core::Effect> wider;
    for (const auto &part : parts_to_name(parts, target.relation)) {
        if (key_columns(part) > 1) {
            // A column without a single value loses nothing, but what spans other columns does.
            wider.push_back(intercept::effect_on("D04", "dropping", part));
            wider.back().collateral = true;
        } else {
            effect.loss += (effect.loss.empty() ? "" : "; ") + intercept::name_in_message(part) + " would be dropped with it";
        }
    }
    effects.push_back(std::move(effect));
    for (const auto &places : typed) add_typed(places, effects);
    for (auto &other : wider) effects.push_back(std::move(other));
}

}  // namespace judge
