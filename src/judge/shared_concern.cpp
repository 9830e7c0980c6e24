// Which databases a command on shared objects matters to.
#include "catalog/scan.hpp"
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
        for (int i = 0; i < list_length(found); ++i) {
            const ScanKeyData member = catalog::key_oid(Anum_pg_auth_members_member, list_nth_oid(found, i));
            catalog::scan(AuthMemRelationId, AuthMemMemRoleIndexId, member, [&found](HeapTuple tuple, TupleDesc) {
                found = list_append_unique_oid(found, catalog::form_of<FormData_pg_auth_members>(tuple)->roleid);
            });
        }
        return to_array(found);
    }));
}

// Databases where the role owns something or was granted something.
void add_databases_of(Oid role, std::set<Oid> &databases)
{
    const Oids found = pg::call([role] {
        List *oids = NIL;
        catalog::scan_dependents_of_role(role, [&oids](const FormData_pg_shdepend &row) {
            if (OidIsValid(row.dbid) && row.dbid != MyDatabaseId) oids = list_append_unique_oid(oids, row.dbid);
        });
        return to_array(oids);
    });
    databases.insert(found.items, found.items + found.count);
}

// Those of the server that a worker can connect to, in a fixed order.
std::vector<Oid> all_databases()
{
    return to_vector(pg::call([] {
        List *found = NIL;
        catalog::scan(DatabaseRelationId, InvalidOid, std::array<ScanKeyData, 0>{}, [&found](HeapTuple tuple, TupleDesc) {
            const auto *const row = catalog::form_of<FormData_pg_database>(tuple);
            const bool pristine = row->datistemplate && !row->datallowconn;  // template0
            if (!pristine && row->datconnlimit != pg::compat::invalid_database && row->oid != MyDatabaseId) found = lappend_oid(found, row->oid);
        });
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
        catalog::scan(RelationRelationId, InvalidOid, catalog::key_oid(Anum_pg_class_reltablespace, tablespace),
                      [&found](HeapTuple, TupleDesc) { found = true; });
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
