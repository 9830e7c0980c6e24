#include "intercept/describe.hpp"
#include "judge/judge.hpp"

namespace judge {
namespace {

struct Owned {
    const core::Address *items;
    int count;
};

// Objects of this database that depend on the role as their owner, or (for
// DROP OWNED) that it has privileges on.
Owned owned_objects(Oid role, bool with_privileges)
{
    Owned owned{nullptr, 0};
    List *found = NIL;
    const Relation depend = table_open(SharedDependRelationId, AccessShareLock);
    ScanKeyData keys[2];
    ScanKeyInit(&keys[0], Anum_pg_shdepend_refclassid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(AuthIdRelationId));
    ScanKeyInit(&keys[1], Anum_pg_shdepend_refobjid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(role));
    const SysScanDesc scan = systable_beginscan(depend, SharedDependReferenceIndexId, true, nullptr, 2, keys);
    for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
        const auto *const row = reinterpret_cast<Form_pg_shdepend>(GETSTRUCT(tuple));
        if (row->dbid != MyDatabaseId && row->dbid != InvalidOid) continue;
        const bool counts = row->deptype == SHARED_DEPENDENCY_OWNER || (with_privileges && row->deptype == SHARED_DEPENDENCY_POLICY);
        if (!counts) continue;
        auto *const address = static_cast<core::Address *>(palloc(sizeof(core::Address)));
        *address = core::Address{row->classid, row->objid, row->objsubid};
        found = lappend(found, address);
    }
    systable_endscan(scan);
    table_close(depend, AccessShareLock);
    auto *const items = static_cast<core::Address *>(palloc(sizeof(core::Address) * static_cast<Size>(list_length(found) + 1)));
    const ListCell *cell;
    foreach (cell, found) items[owned.count++] = *static_cast<core::Address *>(lfirst(cell));
    owned.items = items;
    return owned;
}

core::Effect role_effect(std::string_view verb, Oid role)
{
    return intercept::effect_on("D21", verb, intercept::address_of(AuthIdRelationId, role));
}

std::vector<core::Address> to_vector(const Owned &owned) { return {owned.items, owned.items + owned.count}; }

}  // namespace

std::vector<core::Address> owned_by(Oid role)
{
    return to_vector(pg::call([role] { return owned_objects(role, false); }));
}

void judge_drop_owned(const List *roles, const RoleSpec *new_owner, Effects &effects)
{
    const bool reassign = new_owner != nullptr;
    const ListCell *cell;
    foreach (cell, roles) {
        auto *const spec = static_cast<RoleSpec *>(lfirst(cell));
        const Oid role = pg::call([spec] { return get_rolespec_oid(spec, true); });
        if (!OidIsValid(role)) continue;
        if (!pg::call([role] { return has_privs_of_role(GetUserId(), role); })) {
            throw pg::GuardError(ERRCODE_INSUFFICIENT_PRIVILEGE, reassign ? "permission denied to reassign objects" : "permission denied to drop objects");
        }
        const Owned owned = pg::call([role, reassign] { return owned_objects(role, !reassign); });
        core::Effect named = role_effect(reassign ? "reassigning all objects owned by" : "dropping all objects owned by", role);
        named.rows = owned.count;
        named.loss = intercept::count_of(owned.count, "object") + (reassign ? " would change owner" : " would be dropped");
        const std::vector<core::Address> objects = to_vector(owned);
        if (reassign) {
            named.detail = "to " + std::to_string(pg::call([new_owner] { return get_rolespec_oid(new_owner, true); }));
            for (const auto &object : objects) named.detail += ' ' + std::to_string(object.classid) + '.' + std::to_string(object.objid);
        }
        effects.push_back(std::move(named));
        if (reassign) continue;
        for (const auto &object : objects) {
            core::Effect effect = intercept::effect_on("D21", "dropping", object);
            effect.collateral = true;
            effects.push_back(std::move(effect));
        }
        add_collateral(objects, true, "D21", effects);
    }
}

void judge_drop_role(const DropRoleStmt *statement, Effects &effects)
{
    if (!pg::call([] { return has_createrole_privilege(GetUserId()); })) {
        throw pg::GuardError(ERRCODE_INSUFFICIENT_PRIVILEGE, "permission denied to drop role");
    }
    const ListCell *cell;
    foreach (cell, statement->roles) {
        auto *const spec = static_cast<RoleSpec *>(lfirst(cell));
        const Oid role = pg::call([spec] { return spec->roletype == ROLESPEC_CSTRING ? get_role_oid(spec->rolename, true) : InvalidOid; });
        if (OidIsValid(role)) effects.push_back(role_effect("dropping", role));
    }
}

}  // namespace judge
