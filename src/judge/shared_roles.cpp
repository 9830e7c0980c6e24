// Commands on roles: what goes round the guard, who may approve, and who owns what it guards.
#include "intercept/describe.hpp"
#include "judge/judge.hpp"
#include "judge/shared_objects.hpp"

namespace judge {
namespace {

using Shared = std::vector<SharedEffect>;

Oid role_named(const char *name)
{
    return name == nullptr ? InvalidOid : pg::call([name] { return get_role_oid(name, true); });
}

Oid role_of(const RoleSpec *spec)
{
    return spec == nullptr ? InvalidOid : pg::call([spec] { return get_rolespec_oid(spec, true); });
}

bool is_superuser() { return pg::call([] { return superuser(); }); }

// Whether the server would let the current role do it, as far as that is easily told: who may not asks nobody.
bool may_grant(Oid role)
{
    return pg::call([role] {
        if (superuser()) return true;
        if (superuser_arg(role)) return false;
        return is_admin_of_role(GetUserId(), role) || (!pg::compat::createrole_needs_admin && has_createrole_privilege(GetUserId()));
    });
}

bool may_alter(Oid role)
{
    return pg::call([role] {
        if (superuser()) return true;
        if (superuser_arg(role) || !has_createrole_privilege(GetUserId())) return false;
        return !pg::compat::createrole_needs_admin || is_admin_of_role(GetUserId(), role);
    });
}

void add_role(Shared &effects, Concern concern, Oid role, std::string_view verb, std::string detail)
{
    core::Effect effect = intercept::effect_on("P01", verb, intercept::address_of(AuthIdRelationId, role));
    effect.detail = std::move(detail);
    effects.push_back({std::move(effect), concern, role});
}

struct Attribute {
    const char *option;
    const char *phrase;
    AttrNumber column;
};

constexpr Attribute attributes[] = {{"superuser", "giving SUPERUSER to", Anum_pg_authid_rolsuper},
                                    {"bypassrls", "giving BYPASSRLS to", Anum_pg_authid_rolbypassrls},
                                    {"isreplication", "giving REPLICATION to", Anum_pg_authid_rolreplication},
                                    {"createrole", "giving CREATEROLE to", Anum_pg_authid_rolcreaterole}};

const Attribute *attribute_of(const DefElem *option)
{
    for (const Attribute &attribute : attributes) {
        if (std::strcmp(option->defname, attribute.option) == 0) return &attribute;
    }
    return nullptr;
}

bool has_attribute(Oid role, AttrNumber column)
{
    return pg::call([role, column] {
        const HeapTuple tuple = SearchSysCache1(AUTHOID, ObjectIdGetDatum(role));
        if (!HeapTupleIsValid(tuple)) return false;
        bool null = false;
        const bool set = DatumGetBool(SysCacheGetAttr(AUTHOID, tuple, column, &null));
        ReleaseSysCache(tuple);
        return set;
    });
}

// CREATEROLE is the one that others than superusers could ever give.
bool may_give(const Attribute &attribute)
{
    if (is_superuser()) return true;
    if (attribute.column == Anum_pg_authid_rolsuper) return false;
    return attribute.column == Anum_pg_authid_rolcreaterole || (pg::compat::createrole_needs_admin && has_attribute(GetUserId(), attribute.column));
}

// What a member already has is given with every option only by a statement without any.
void add_membership(Shared &effects, Oid granted, Oid member, const std::string &options)
{
    if (!OidIsValid(granted) || !may_grant(granted)) return;
    const bool has_it = OidIsValid(member) && pg::call([granted, member] { return has_privs_of_role(member, granted); });
    if (has_it && options.empty()) return;
    const std::string to = OidIsValid(member) ? intercept::name_in_message(intercept::address_of(AuthIdRelationId, member)) : "a new role";
    add_role(effects, goes_round(granted) ? Concern::server : Concern::approver, granted, "granting", "to " + std::to_string(member) + options);
    effects.back().effect.phrase += " to " + to;
}

void add_altered(Shared &effects, const AlterRoleStmt *statement)
{
    const Oid role = role_of(statement->role);
    if (!OidIsValid(role)) return;
    std::string others;
    const ListCell *cell;
    foreach (cell, statement->options) {
        auto *const option = static_cast<DefElem *>(lfirst(cell));
        if (std::strcmp(option->defname, "rolemembers") == 0) {
            if (statement->action <= 0) continue;
            const ListCell *member;
            foreach (member, reinterpret_cast<List *>(option->arg)) add_membership(effects, role, role_of(static_cast<const RoleSpec *>(lfirst(member))), {});
            continue;
        }
        const Attribute *const attribute = attribute_of(option);
        const bool gives = attribute != nullptr && pg::call([option] { return defGetBoolean(option); });
        if (attribute == nullptr) others += std::string(" ") + option->defname;
        if (gives && may_alter(role) && may_give(*attribute) && !has_attribute(role, attribute->column)) {
            add_role(effects, Concern::server, role, attribute->phrase, attribute->option);
        }
    }
    // Whoever sets an approver's password can log in as the approver.
    if (others.empty() || role == GetUserId() || role == GetSessionUserId() || !may_alter(role)) return;
    add_role(effects, Concern::approver, role, "altering", others);
}

void add_created(Shared &effects, const CreateRoleStmt *statement)
{
    if (!pg::call([] { return has_createrole_privilege(GetUserId()); })) return;
    const ListCell *cell;
    foreach (cell, statement->options) {
        auto *const option = static_cast<DefElem *>(lfirst(cell));
        if (std::strcmp(option->defname, "addroleto") == 0) {
            const ListCell *group;
            foreach (group, reinterpret_cast<List *>(option->arg)) add_membership(effects, role_of(static_cast<const RoleSpec *>(lfirst(group))), InvalidOid, {});
        }
        // A second login of somebody who may approve.
        const Attribute *const attribute = attribute_of(option);
        if (attribute == nullptr || !may_give(*attribute) || !pg::call([option] { return defGetBoolean(option); })) continue;
        core::Effect effect;
        effect.rule = "P01";
        effect.object_type = "role";
        effect.identity = statement->role;
        effect.phrase = std::string(attribute->phrase) + " new role " + core::in_quotes(effect.identity);
        effect.detail = std::string(attribute->option) + ' ' + effect.identity;
        effects.push_back({std::move(effect), Concern::server_of_two, InvalidOid});
    }
}

void add_granted(Shared &effects, const GrantRoleStmt *statement)
{
    if (!statement->is_grant) return;
    const std::string options = pg::compat::options_of_grant(statement);
    const ListCell *granted;
    foreach (granted, statement->granted_roles) {
        const Oid role = role_named(static_cast<const AccessPriv *>(lfirst(granted))->priv_name);
        const ListCell *grantee;
        foreach (grantee, statement->grantee_roles) add_membership(effects, role, role_of(static_cast<const RoleSpec *>(lfirst(grantee))), options);
    }
}

void add_renamed(Shared &effects, const RenameStmt *statement)
{
    const Oid role = role_named(statement->subname);
    if (OidIsValid(role) && may_alter(role)) add_role(effects, Concern::role, role, "renaming", statement->newname);
}

}  // namespace

void add_role_effects(const Node *tree, std::vector<SharedEffect> &effects)
{
    switch (nodeTag(tree)) {
        case T_AlterRoleStmt: return add_altered(effects, reinterpret_cast<const AlterRoleStmt *>(tree));
        case T_CreateRoleStmt: return add_created(effects, reinterpret_cast<const CreateRoleStmt *>(tree));
        case T_GrantRoleStmt: return add_granted(effects, reinterpret_cast<const GrantRoleStmt *>(tree));
        case T_RenameStmt:
            if (reinterpret_cast<const RenameStmt *>(tree)->renameType == OBJECT_ROLE) add_renamed(effects, reinterpret_cast<const RenameStmt *>(tree));
            return;
        default: return;
    }
}

}  // namespace judge
