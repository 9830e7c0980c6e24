#include "intercept/side_effects.hpp"

#include "catalog/inheritance.hpp"
#include "catalog/scan.hpp"

namespace intercept {
namespace {

struct Found {
    ObjectAddress *items;
    std::size_t count;
    std::size_t room;

    // Inside pg::call only.
    void add(Oid classid, Oid objid)
    {
        if (count == room) {
            room = room == 0 ? 64 : room * 2;
            const std::size_t size = room * sizeof(ObjectAddress);
            items = static_cast<ObjectAddress *>(items == nullptr ? palloc(size) : repalloc_huge(items, size));
        }
        ObjectAddressSet(items[count], classid, objid);
        ++count;
    }
};

// The flag moves to another index.  Of a partitioned table, those of the partitions do.
Found clustered_tables(const ClusterStmt *statement)
{
    Found found{};
    const Oid table = RangeVarGetRelid(statement->relation, NoLock, true);
    if (!OidIsValid(table)) return found;
    found.add(RelationRelationId, table);
    if (get_rel_relkind(table) != RELKIND_PARTITIONED_TABLE) return found;
    List *const partitions = catalog::heirs_of(table);
    for (int i = 1; i < list_length(partitions); ++i) found.add(RelationRelationId, list_nth_oid(partitions, i));
    return found;
}

// What the role owns or was granted in this database, and policies for it.
Found objects_of_role(Oid role)
{
    Found found{};
    catalog::scan_dependents_of_role(role, [&found](const FormData_pg_shdepend &row) {
        // A subscription is this database's, but stands in a catalog of all.
        if (row.dbid == MyDatabaseId || row.classid == SubscriptionRelationId) found.add(row.classid, row.objid);
    });
    return found;
}

Found relations_in_tablespace(Oid tablespace)
{
    Found found{};
    if (!OidIsValid(tablespace)) return found;
    catalog::scan(RelationRelationId, InvalidOid, catalog::key_oid(Anum_pg_class_reltablespace, tablespace),
                  [&found](HeapTuple tuple, TupleDesc) { found.add(RelationRelationId, catalog::form_of<FormData_pg_class>(tuple)->oid); });
    return found;
}

Found renamed_objects(const RenameStmt *statement)
{
    switch (statement->renameType) {
        case OBJECT_ROLE: {
            const Oid role = get_role_oid(statement->subname, true);
            return OidIsValid(role) ? objects_of_role(role) : Found{};
        }
        case OBJECT_TABLESPACE: return relations_in_tablespace(get_tablespace_oid(statement->subname, true));
        default: return {};
    }
}

}  // namespace

std::vector<ledger::SideEffect> side_effects(const Node *tree)
{
    const bool clusters = IsA(tree, ClusterStmt);
    if (!clusters && !IsA(tree, RenameStmt)) return {};
    const Found found = pg::call([tree, clusters] {
        return clusters ? clustered_tables(reinterpret_cast<const ClusterStmt *>(tree)) : renamed_objects(reinterpret_cast<const RenameStmt *>(tree));
    });
    std::vector<ledger::SideEffect> effects;
    for (std::size_t i = 0; i < found.count; ++i) {
        effects.push_back({{found.items[i].classId, found.items[i].objectId, 0}, clusters && i == 0});
    }
    return effects;
}

}  // namespace intercept
