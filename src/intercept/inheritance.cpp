#include "intercept/inheritance.hpp"

#include "catalog/inheritance.hpp"

namespace intercept {
namespace {

struct Oids {
    const Oid *items;
    int count;
};

// Inside pg::call only.
Oids array_of(const List *list)
{
    auto *const items = static_cast<Oid *>(palloc(sizeof(Oid) * static_cast<Size>(list_length(list) + 1)));
    int count = 0;
    const ListCell *cell;
    foreach (cell, list) items[count++] = lfirst_oid(cell);
    return {items, count};
}

std::vector<Oid> vector_of(Oids oids) { return {oids.items, oids.items + oids.count}; }

std::vector<Oid> children_of(Oid relation)
{
    return vector_of(pg::call([relation] { return array_of(catalog::children_of(relation)); }));
}

// How a child has a column or constraint of its parents.
struct Inherited {
    Oid oid;           // of a constraint
    AttrNumber column;
    int parents;
    bool local;
};

Inherited column_named(Oid relation, const char *name)
{
    return pg::call([relation, name] {
        const HeapTuple tuple = SearchSysCacheAttName(relation, name);
        if (!HeapTupleIsValid(tuple)) return Inherited{};
        const auto *const row = catalog::form_of<FormData_pg_attribute>(tuple);
        const Inherited found{InvalidOid, row->attnum, row->attinhcount, row->attislocal};
        ReleaseSysCache(tuple);
        return found;
    });
}

Inherited check_named(Oid relation, const char *name)
{
    return pg::call([relation, name] {
        Inherited found{};
        const HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(get_relation_constraint_oid(relation, name, true)));
        if (!HeapTupleIsValid(tuple)) return found;
        const auto *const row = catalog::form_of<FormData_pg_constraint>(tuple);
        if (row->contype == CONSTRAINT_CHECK) found = {row->oid, InvalidAttrNumber, row->coninhcount, row->conislocal};
        ReleaseSysCache(tuple);
        return found;
    });
}

// Whether one more parent that gives the thing up was the last.
bool goes(std::map<Oid, int> &given_up, Oid child, const Inherited &inherited)
{
    return ++given_up[child] == inherited.parents && !inherited.local;
}

}  // namespace

std::vector<Oid> members_of(Oid relation, bool with_children)
{
    if (!with_children) return {relation};
    std::vector<Oid> members{relation};
    std::set<Oid> seen{relation};
    for (std::size_t next = 0; next < members.size(); ++next) {
        for (const Oid child : children_of(members[next])) {
            if (seen.insert(child).second) members.push_back(child);
        }
    }
    return members;
}

std::vector<ColumnOf> columns_dropped(Oid relation, AttrNumber column, bool with_children)
{
    std::vector<ColumnOf> dropped{{relation, column}};
    const char *const name = pg::call([=]() -> const char * { return get_attname(relation, column, true); });
    if (!with_children || name == nullptr) return dropped;
    std::map<Oid, int> given_up;
    for (std::size_t next = 0; next < dropped.size(); ++next) {
        for (const Oid child : children_of(dropped[next].relation)) {
            const Inherited inherited = column_named(child, name);
            if (inherited.column > 0 && goes(given_up, child, inherited)) dropped.push_back({child, inherited.column});
        }
    }
    return dropped;
}

AttrNumber column_in(Oid relation, Oid member, AttrNumber column)
{
    if (relation == member || column <= 0) return column;
    return pg::call([=] {
        const char *const name = get_attname(relation, column, true);
        return name != nullptr ? get_attnum(member, name) : AttrNumber{InvalidAttrNumber};
    });
}

std::vector<Oid> inherited_checks(Oid relation, Oid constraint, bool with_children)
{
    std::vector<Oid> found;
    const char *const name = pg::call([constraint]() -> const char * { return get_constraint_name(constraint); });
    if (!with_children || name == nullptr) return found;
    std::map<Oid, int> given_up;
    std::vector<Oid> relations{relation};
    for (std::size_t next = 0; next < relations.size(); ++next) {
        for (const Oid child : children_of(relations[next])) {
            const Inherited inherited = check_named(child, name);
            if (!OidIsValid(inherited.oid) || !goes(given_up, child, inherited)) continue;
            found.push_back(inherited.oid);
            relations.push_back(child);
        }
    }
    return found;
}

std::vector<Oid> typed_tables(Oid composite)
{
    return vector_of(pg::call([composite] {
        List *found = NIL;
        // As the server itself looks for them: there is no index.
        catalog::scan(RelationRelationId, InvalidOid, catalog::key_oid(Anum_pg_class_reloftype, get_rel_type_id(composite)),
                      [&found](HeapTuple tuple, TupleDesc) { found = lappend_oid(found, catalog::form_of<FormData_pg_class>(tuple)->oid); });
        return array_of(found);
    }));
}

bool is_child_of(Oid child, Oid parent)
{
    const auto children = children_of(parent);
    return std::find(children.begin(), children.end(), child) != children.end();
}

}  // namespace intercept
