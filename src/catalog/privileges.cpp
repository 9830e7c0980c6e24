#include "catalog/names.hpp"

namespace catalog {
namespace {

struct Privilege {
    AclMode bit;
    const char *name;
};

constexpr Privilege privileges[] = {
    {ACL_SELECT, "SELECT"},         {ACL_INSERT, "INSERT"},
    {ACL_UPDATE, "UPDATE"},         {ACL_DELETE, "DELETE"},
    {ACL_TRUNCATE, "TRUNCATE"},     {ACL_REFERENCES, "REFERENCES"},
    {ACL_TRIGGER, "TRIGGER"},       {ACL_EXECUTE, "EXECUTE"},
    {ACL_USAGE, "USAGE"},           {ACL_CREATE, "CREATE"},
    {ACL_CREATE_TEMP, "TEMPORARY"}, {ACL_CONNECT, "CONNECT"},
    {ACL_SET, "SET"},               {ACL_ALTER_SYSTEM, "ALTER SYSTEM"},
#ifdef ACL_MAINTAIN
    {ACL_MAINTAIN, "MAINTAIN"},
#endif
};

struct Grant {
    Oid grantee;
    AclMode rights;
    AclMode options;
};

struct Grants {
    Grant *items;
    int count;
};

// Who may what, whoever granted it.
Grants grants_of(const Acl *acl)
{
    const int items = ACL_NUM(acl);
    const AclItem *const item = ACL_DAT(acl);
    Grants grants{static_cast<Grant *>(palloc0(sizeof(Grant) * static_cast<std::size_t>(items + 1))), 0};
    for (int i = 0; i < items; ++i) {
        Grant *grant = grants.items;
        while (grant < grants.items + grants.count && grant->grantee != item[i].ai_grantee) ++grant;
        if (grant == grants.items + grants.count) ++grants.count;
        grant->grantee = item[i].ai_grantee;
        grant->rights |= ACLITEM_GET_PRIVS(item[i]);
        grant->options |= ACLITEM_GET_GOPTIONS(item[i]);
    }
    return grants;
}

bool equal(const Grants &left, const Grants &right)
{
    // An item may be left without a privilege; it says nothing.
    const auto covers = [](const Grants &one, const Grants &other) {
        for (int i = 0; i < one.count; ++i) {
            if (one.items[i].rights == 0) continue;
            bool found = false;
            for (int j = 0; j < other.count; ++j) {
                found = found || (one.items[i].grantee == other.items[j].grantee && one.items[i].rights == other.items[j].rights &&
                                  one.items[i].options == other.items[j].options);
            }
            if (!found) return false;
        }
        return true;
    };
    return covers(left, right) && covers(right, left);
}

// The owner's under a name that is no role's, if one is given.
List *lines_of(const Grants &grants, Oid owner)
{
    List *lines = NIL;
    for (int i = 0; i < grants.count; ++i) {
        const Grant &grant = grants.items[i];
        const char *const role = OidIsValid(owner) && grant.grantee == owner ? "OWNER" : quoted_name(role_name(grant.grantee));
        const char *const grantee = grant.grantee == ACL_ID_PUBLIC ? "PUBLIC" : role;
        for (const Privilege &privilege : privileges) {
            if ((grant.rights & privilege.bit) == 0) continue;
            lines = lappend(lines, psprintf("%s=%s%s", grantee, privilege.name, (grant.options & privilege.bit) != 0 ? "*" : ""));
        }
    }
    return sorted(lines);
}

}  // namespace

List *privilege_lines(Field acl, Oid owner) { return acl.null ? NIL : lines_of(grants_of(DatumGetAclP(acl.value)), owner); }

bool same_privileges(const Acl *left, const Acl *right) { return equal(grants_of(left), grants_of(right)); }

void put_privileges(Draft *draft, const char *name, ObjectType type, Oid owner, Field acl)
{
    if (acl.null) return;
    const Grants actual = grants_of(DatumGetAclP(acl.value));
    if (equal(actual, grants_of(acldefault(type, owner)))) return;
    draft->put_set(name, lines_of(actual, InvalidOid));
}

}  // namespace catalog
