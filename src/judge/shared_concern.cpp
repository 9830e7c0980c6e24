// Which databases a command on shared objects matters to.
#include "guard/installation.hpp"
#include "judge/judge.hpp"
#include "judge/shared_objects.hpp"
#include "settings.hpp"

namespace judge {
namespace {

struct Oids {
    const Oid *items;
    int count;
};

// Inside pg::call only.
Oids to_array(const List *list)
{
    auto *const items = static_cast<Oid *>(palloc(sizeof(Oid) * static_cast<Size>(list_length(list) + 1)));
    int count = 0;
    const ListCell *cell;
    foreach (cell, list) items[count++] = lfirst_oid(cell);
    return {items, count};
}

std::vector<Oid> to_vector(Oids oids) { return {oids.items, oids.items + oids.count}; }

// The role and all it is a member of, directly or not.
std::vector<Oid> with_memberships(Oid role)
{
    return to_vector(pg::call([role] {
        List *found = list_make1_oid(role);
        const Relation members = table_open(AuthMemRelationId, AccessShareLock);
        for (int i = 0; i < list_length(found); ++i) {
            ScanKeyData key;
            ScanKeyInit(&key, Anum_pg_auth_members_member, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(list_nth_oid(found, i)));
            const SysScanDesc scan = systable_beginscan(members, AuthMemMemRoleIndexId, true, nullptr, 1, &key);
            for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
                found = list_append_unique_oid(found, reinterpret_cast<Form_pg_auth_members>(GETSTRUCT(tuple))->roleid);
            }
            systable_endscan(scan);
        }
        table_close(members, AccessShareLock);
        return to_array(found);
    }));
}

// Databases where the role owns something or was granted something.
void add_databases_of(Oid role, std::set<Oid> &databases)
{
    const Oids found = pg::call([role] {
        List *oids = NIL;
        const Relation depend = table_open(SharedDependRelationId, AccessShareLock);
        std::array<ScanKeyData, 2> keys;
        ScanKeyInit(&keys[0], Anum_pg_shdepend_refclassid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(AuthIdRelationId));
        ScanKeyInit(&keys[1], Anum_pg_shdepend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(role));
        const SysScanDesc scan = systable_beginscan(depend, SharedDependReferenceIndexId, true, nullptr, 2, keys.data());
        for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
            const Oid database = reinterpret_cast<Form_pg_shdepend>(GETSTRUCT(tuple))->dbid;
            if (OidIsValid(database) && database != MyDatabaseId) oids = list_append_unique_oid(oids, database);
        }
        systable_endscan(scan);
        table_close(depend, AccessShareLock);
        return to_array(oids);
    });
    databases.insert(found.items, found.items + found.count);
}

// Those of the server that a worker can connect to, in a fixed order.
std::vector<Oid> all_databases()
{
    return to_vector(pg::call([] {
        List *found = NIL;
        const Relation databases = table_open(DatabaseRelationId, AccessShareLock);
        const SysScanDesc scan = systable_beginscan(databases, InvalidOid, false, nullptr, 0, nullptr);
        for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
            const auto *const row = reinterpret_cast<Form_pg_database>(GETSTRUCT(tuple));
            const bool pristine = row->datistemplate && !row->datallowconn;  // template0
            if (!pristine && row->datconnlimit != pg::compat::invalid_database && row->oid != MyDatabaseId) found = lappend_oid(found, row->oid);
        }
        systable_endscan(scan);
        table_close(databases, AccessShareLock);
        list_sort(found, list_oid_cmp);
        return to_array(found);
    }));
}

// By itself.
bool has_approver_privileges(Oid role)
{
    const auto installed = guard::installation();
    if (!installed.has_value()) return false;
    const Oid schema = installed->schema;
    return pg::call([role, schema] {
        if (superuser_arg(role)) return true;
        // Those that make tokens.
        for (const char *const name : {"approve", "issue_token"}) {
            CatCList *const functions = SearchSysCacheList1(PROCNAMEARGSNSP, CStringGetDatum(name));
            bool allowed = false;
            for (int i = 0; i < functions->n_members; ++i) {
                const auto *const function = reinterpret_cast<Form_pg_proc>(GETSTRUCT(&functions->members[i]->tuple));
                if (function->pronamespace == schema && pg::compat::may_execute(function->oid, role)) allowed = true;
            }
            ReleaseSysCacheList(functions);
            if (allowed) return true;
        }
        return false;
    });
}

// Who may SET ROLE to one that may, may.
bool may_approve(Oid role)
{
    const std::vector<Oid> all = with_memberships(role);
    return std::any_of(all.begin(), all.end(), has_approver_privileges);
}

// A role may approve by what the roles it is a member of may do; a superuser everywhere.
std::vector<Oid> databases_of_role(Oid role)
{
    std::set<Oid> databases;
    for (const Oid one : with_memberships(role)) {
        if (pg::call([one] { return superuser_arg(one); })) return all_databases();
        add_databases_of(one, databases);
    }
    return {databases.begin(), databases.end()};
}

bool has_tablespace(Oid tablespace)
{
    return pg::call([tablespace] {
        if (MyDatabaseTableSpace == tablespace) return true;
        bool found = false;
        const Relation relations = table_open(RelationRelationId, AccessShareLock);
        const SysScanDesc scan = systable_beginscan(relations, InvalidOid, false, nullptr, 0, nullptr);
        for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple) && !found; tuple = systable_getnext(scan)) {
            found = reinterpret_cast<Form_pg_class>(GETSTRUCT(tuple))->reltablespace == tablespace;
        }
        systable_endscan(scan);
        table_close(relations, AccessShareLock);
        return found;
    });
}

}  // namespace

bool goes_round(Oid role)
{
    const std::vector<Oid> all = with_memberships(role);
    return std::any_of(all.begin(), all.end(), [](Oid one) {
        return one == ROLE_PG_WRITE_ALL_DATA || one == ROLE_PG_WRITE_SERVER_FILES || one == ROLE_PG_EXECUTE_SERVER_PROGRAM ||
               one == pg::compat::role_pg_maintain || pg::call([one] { return superuser_arg(one); });
    });
}

bool matters_here(Concern concern, Oid subject)
{
    switch (concern) {
        case Concern::database: return subject == MyDatabaseId;
        case Concern::approver: return may_approve(subject);
        case Concern::role: return may_approve(subject) || owns_objects_here(subject);
        case Concern::tablespace: return has_tablespace(subject);
        case Concern::server: return true;
        case Concern::server_of_two: return settings::four_eyes();
    }
    return true;
}

std::vector<Oid> other_databases(Concern concern, Oid subject)
{
    switch (concern) {
        case Concern::database: return subject != MyDatabaseId ? std::vector<Oid>{subject} : std::vector<Oid>{};
        case Concern::approver:
        case Concern::role: return databases_of_role(subject);
        case Concern::tablespace: return all_databases();
        case Concern::server:
        case Concern::server_of_two: return all_databases();
    }
    return {};
}

}  // namespace judge
