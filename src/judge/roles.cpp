#include "catalog/scan.hpp"
#include "intercept/describe.hpp"
#include "judge/judge.hpp"

namespace judge {
namespace {

// Why an object of this database, or a shared one, depends on a role.
enum class Tie { owner, policy, privilege };

struct Dependent {
    core::Address address;
    Tie tie;
    bool shared;
};

struct Dependents {
    const Dependent *items;
    int count;
};

bool read_tie(char kind, Tie *tie)
{
    switch (kind) {
        case SHARED_DEPENDENCY_OWNER: *tie = Tie::owner; return true;
        case SHARED_DEPENDENCY_POLICY: *tie = Tie::policy; return true;
        case SHARED_DEPENDENCY_ACL: *tie = Tie::privilege; return true;
        default: return false;
    }
}

Dependents dependents_of(Oid role)
{
    List *found = NIL;
    catalog::scan_dependents_of_role(role, [&found](const FormData_pg_shdepend &row) {
        Tie tie{};
        if ((row.dbid != MyDatabaseId && row.dbid != InvalidOid) || !read_tie(row.deptype, &tie)) return;
        auto *const dependent = static_cast<Dependent *>(palloc(sizeof(Dependent)));
        *dependent = Dependent{{row.classid, row.objid, row.objsubid}, tie, row.dbid == InvalidOid};
        found = lappend(found, dependent);
    });
    Dependents dependents{nullptr, 0};
    auto *const items = static_cast<Dependent *>(palloc(sizeof(Dependent) * static_cast<Size>(list_length(found) + 1)));
    const ListCell *cell;
    foreach (cell, found) items[dependents.count++] = *static_cast<Dependent *>(lfirst(cell));
    dependents.items = items;
    return dependents;
}

std::vector<Dependent> read_dependents(Oid role)
{
    const Dependents found = pg::call([role] { return dependents_of(role); });
    return {found.items, found.items + found.count};
}

// In an order that does not depend on where the rows stand: it goes into the digest.
std::string list_of(std::vector<core::Address> objects)
{
    std::sort(objects.begin(), objects.end());
    std::string text;
    for (const auto &object : objects) text += ' ' + std::to_string(object.classid) + '.' + std::to_string(object.objid);
    return text;
}

// What is exempt is neither dropped nor reassigned to anybody's loss.
void add_unless_exempt(std::vector<core::Address> &objects, core::Address address)
{
    if (!is_exempt(address)) objects.push_back(address);
}

core::Effect role_effect(std::string_view verb, Oid role)
{
    return intercept::effect_on("D21", verb, intercept::address_of(AuthIdRelationId, role));
}

void judge_reassign(Oid role, const RoleSpec *new_owner, Effects &effects)
{
    std::vector<core::Address> objects;
    for (const Dependent &dependent : read_dependents(role)) {
        // Those stay with the role.
        const bool stays = dependent.address.classid == DefaultAclRelationId || dependent.address.classid == UserMappingRelationId;
        if (dependent.tie == Tie::owner && !stays) add_unless_exempt(objects, dependent.address);
    }
    if (objects.empty()) return;
    core::Effect named = role_effect("reassigning all objects owned by", role);
    const auto count = static_cast<std::int64_t>(objects.size());
    named.rows = count;
    named.loss = intercept::count_of(count, "object") + " would change owner";
    named.detail = "to " + std::to_string(pg::call([new_owner] { return get_rolespec_oid(new_owner, true); })) + list_of(objects);
    effects.push_back(std::move(named));
}

void judge_drop_owned_by(Oid role, Effects &effects)
{
    std::vector<core::Address> all;
    std::vector<core::Address> dropped;
    std::vector<core::Address> granted;
    const bool new_role = is_exempt(intercept::address_of(AuthIdRelationId, role));
    for (const Dependent &dependent : read_dependents(role)) {
        if (dependent.tie == Tie::privilege) {
            if (!new_role) add_unless_exempt(granted, dependent.address);
        } else if (!dependent.shared) {  // databases and tablespaces stay
            all.push_back(dependent.address);
            add_unless_exempt(dropped, dependent.address);
        }
    }
    // A new object may have old dependents.
    if (dropped.empty() && granted.empty()) {
        add_collateral(all, true, "D21", effects);
        return;
    }
    core::Effect named = role_effect("dropping all objects owned by", role);
    const auto count = static_cast<std::int64_t>(dropped.size());
    named.rows = count;
    if (count > 0) named.loss = intercept::count_of(count, "object") + " would be dropped";
    if (!granted.empty()) {
        if (count > 0) named.loss += "; ";
        named.loss += "its privileges on " + intercept::count_of(static_cast<std::int64_t>(granted.size()), "object") + " would be lost";
        named.detail = "privileges" + list_of(granted);
    }
    effects.push_back(std::move(named));
    for (const auto &object : dropped) {
        core::Effect effect = intercept::effect_on("D21", "dropping", object);
        effect.collateral = true;
        effects.push_back(std::move(effect));
    }
    add_collateral(all, true, "D21", effects);
}

}  // namespace

std::vector<core::Address> owned_by(Oid role)
{
    std::vector<core::Address> objects;
    for (const Dependent &dependent : read_dependents(role)) {
        if (dependent.tie == Tie::owner) objects.push_back(dependent.address);
    }
    return objects;
}

bool owns_objects_here(Oid role)
{
    const auto all = read_dependents(role);
    return std::any_of(all.begin(), all.end(), [](const Dependent &one) { return one.tie == Tie::owner && !one.shared; });
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
        if (reassign) {
            judge_reassign(role, new_owner, effects);
        } else {
            judge_drop_owned_by(role, effects);
        }
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
        if (OidIsValid(role) && !is_exempt(intercept::address_of(AuthIdRelationId, role))) effects.push_back(role_effect("dropping", role));
    }
}

}  // namespace judge
