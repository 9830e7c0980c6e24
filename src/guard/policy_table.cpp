#include "guard/policy_table.hpp"

#include "guard/installation.hpp"
#include "guard/own_table.hpp"
#include "pg/spi.hpp"

namespace guard {
namespace {

constinit pg::Statement select_policy{"SELECT id, rule, class, schema_name, object, role, min_rows, action FROM langchef_guard.policy", {}};

std::optional<std::string> text_or_none(const pg::Rows &rows, std::uint64_t row, int column)
{
    if (rows.is_null(row, column)) return std::nullopt;
    return rows.text(row, column);
}

}  // namespace

std::vector<core::PolicyRow> load_policy()
{
    std::vector<core::PolicyRow> policy;
    const auto installed = installation();
    if (!installed.has_value()) return policy;
    hold_table("policy", AccessShareLock);
    const pg::UserScope as_owner(installed->owner);
    pg::SpiSession spi;
    const pg::Rows rows = spi.query(select_policy, {});
    for (std::uint64_t i = 0; i < rows.size(); ++i) {
        core::PolicyRow row;
        row.id = rows.int8(i, 1);
        row.rule = text_or_none(rows, i, 2);
        row.rule_class = text_or_none(rows, i, 3);
        row.schema = text_or_none(rows, i, 4);
        row.object = text_or_none(rows, i, 5);
        row.role = text_or_none(rows, i, 6);
        if (!rows.is_null(i, 7)) row.min_rows = rows.int8(i, 7);
        row.action = core::action_named(rows.text(i, 8)).value_or(core::Action::approve);
        policy.push_back(std::move(row));
    }
    return policy;
}

std::vector<std::string> roles_of_session(const std::vector<core::PolicyRow> &policy)
{
    std::vector<std::string> roles;
    for (const auto &row : policy) {
        if (!row.role.has_value()) continue;
        const char *const name = row.role->c_str();
        const bool member = pg::call([name] {
            const Oid role = get_role_oid(name, true);
            return OidIsValid(role) && is_member_of_role_nosuper(GetSessionUserId(), role);
        });
        if (member) roles.push_back(*row.role);
    }
    return roles;
}

std::string schema_of(core::Address address)
{
    return pg::text_of(pg::call([address]() -> const char * {
        const ObjectAddress object{address.classid, address.objid, address.objsubid};
        if (address.classid == NamespaceRelationId) {
            const char *const name = get_namespace_name(address.objid);  // null when it was dropped meanwhile
            return name != nullptr ? quote_identifier(name) : nullptr;
        }
        List *names = NIL;
        List *arguments = NIL;
        if (!is_objectclass_supported(address.classid)) return nullptr;
        const AttrNumber column = get_object_attnum_namespace(address.classid);
        if (column == InvalidAttrNumber || getObjectIdentityParts(&object, &names, &arguments, true) == nullptr) return nullptr;
        return names != NIL ? quote_identifier(static_cast<const char *>(linitial(names))) : nullptr;
    }));
}

}  // namespace guard
