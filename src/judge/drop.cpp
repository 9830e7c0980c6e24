#include "intercept/describe.hpp"
#include "intercept/measure.hpp"
#include "intercept/resolve.hpp"
#include "judge/judge.hpp"

namespace judge {
namespace {

struct DropRules {
    std::string_view named;
    std::string_view collateral;
};

DropRules rules_for(ObjectType type, core::Address address)
{
    switch (type) {
        case OBJECT_TABLE:
        case OBJECT_FOREIGN_TABLE:
            return {pg::call([address] { return get_rel_relispartition(address.objid); }) ? "D24" : "D01", "D02"};
        case OBJECT_SCHEMA: return {"D05", "D05"};
        case OBJECT_VIEW:
        case OBJECT_MATVIEW: return {"D10", "D10"};
        case OBJECT_TYPE:
        case OBJECT_DOMAIN: return {"D11", "D11"};
        case OBJECT_FUNCTION:
        case OBJECT_PROCEDURE:
        case OBJECT_ROUTINE:
        case OBJECT_AGGREGATE:
        case OBJECT_OPERATOR: return {"D12", "D12"};
        case OBJECT_SEQUENCE: return {"D13", "D13"};
        case OBJECT_EXTENSION: return {"D14", "D14"};
        case OBJECT_INDEX: return {"D17", "D15"};
        case OBJECT_TRIGGER:
        case OBJECT_RULE:
        case OBJECT_EVENT_TRIGGER: return {"D19", "D19"};
        case OBJECT_POLICY: return {"D20", "D20"};
        default: return {"D27", "D27"};
    }
}

// Nothing can come to depend on the object any more: the lock DROP is about to
// take, got without waiting, and kept.
bool lock_for_drop(core::Address address)
{
    return pg::call([address] {
        LOCKTAG tag;
        SET_LOCKTAG_OBJECT(tag, MyDatabaseId, address.classid, address.objid, 0);
        if (LockAcquire(&tag, AccessExclusiveLock, false, true) == LOCKACQUIRE_NOT_AVAIL) return false;
        AcceptInvalidationMessages();
        return true;
    });
}

bool has_dependents(core::Address address)
{
    Effects found;
    add_collateral({address}, true, "D27", found);
    return !found.empty();
}

// The catalogs prove that nothing is lost: a schema without objects, a type
// nothing uses.  A routine may be called from text the catalogs do not
// understand, so it is never proven unused.
bool proven_unused(ObjectType type, core::Address address)
{
    const bool provable = type == OBJECT_SCHEMA || type == OBJECT_TYPE || type == OBJECT_DOMAIN;
    return provable && !has_dependents(address) && lock_for_drop(address) && !has_dependents(address);
}

// DROP TABLE of a view and the like: the server's own error says it best.
bool is_of_other_kind(ObjectType type, core::Address address)
{
    if (address.classid != RelationRelationId) return false;
    const char kind = pg::call([address] { return get_rel_relkind(address.objid); });
    switch (type) {
        case OBJECT_TABLE: return kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE;
        case OBJECT_VIEW: return kind != RELKIND_VIEW;
        case OBJECT_MATVIEW: return kind != RELKIND_MATVIEW;
        case OBJECT_INDEX: return kind != RELKIND_INDEX && kind != RELKIND_PARTITIONED_INDEX;
        case OBJECT_SEQUENCE: return kind != RELKIND_SEQUENCE;
        case OBJECT_FOREIGN_TABLE: return kind != RELKIND_FOREIGN_TABLE;
        default: return false;
    }
}

void add_named(ObjectType type, core::Address address, Effects &effects)
{
    core::Effect effect = intercept::effect_on(rules_for(type, address).named, "dropping", address);
    effect.parent = parent_of(address);
    if (effect.parent.objid != InvalidOid) effect.detail = "from " + std::to_string(effect.parent.objid);
    if (type == OBJECT_TABLE || type == OBJECT_MATVIEW) {
        const intercept::Count rows = intercept::count_rows(address.objid);
        effect.rows = rows.rows;
        effect.loss = rows.text("row");
        if (!effect.loss.empty()) effect.loss += " would be lost";
    }
    effects.push_back(std::move(effect));
}

}  // namespace

void judge_drop(const DropStmt *statement, Effects &effects)
{
    const ObjectType type = statement->removeType;
    const bool cascade = statement->behavior == DROP_CASCADE;
    std::vector<core::Address> named;
    const ListCell *cell;
    foreach (cell, statement->objects) {
        const auto address = intercept::resolve_object(type, static_cast<Node *>(lfirst(cell)));
        if (!address.has_value() || is_of_other_kind(type, *address)) continue;
        require_ownership(*address);
        named.push_back(*address);
        if (!is_exempt(*address) && !proven_unused(type, *address)) add_named(type, *address, effects);
    }
    if (!named.empty()) add_collateral(named, cascade, rules_for(type, named.front()).collateral, effects);
}

void judge_drop_user_mapping(const DropUserMappingStmt *statement, Effects &effects)
{
    struct Found {
        Oid mapping;
    };
    const auto found = pg::call([statement] {
        const Oid server = get_foreign_server_oid(statement->servername, true);
        const bool is_public = statement->user->roletype == ROLESPEC_PUBLIC;
        const Oid user = is_public ? InvalidOid : get_rolespec_oid(statement->user, true);
        if (!OidIsValid(server) || (!is_public && !OidIsValid(user))) return Found{InvalidOid};
        return Found{GetSysCacheOid2(USERMAPPINGUSERSERVER, Anum_pg_user_mapping_oid, ObjectIdGetDatum(user), ObjectIdGetDatum(server))};
    });
    if (!OidIsValid(found.mapping)) return;
    const core::Address address = intercept::address_of(UserMappingRelationId, found.mapping);
    if (!is_exempt(address)) effects.push_back(intercept::effect_on("D27", "dropping", address));
}

void judge_drop_subscription(const DropSubscriptionStmt *statement, Effects &effects)
{
    const Oid subscription = pg::call([statement] { return get_subscription_oid(statement->subname, true); });
    if (!OidIsValid(subscription)) return;
    require_ownership(intercept::address_of(SubscriptionRelationId, subscription));
    effects.push_back(intercept::effect_on("D27", "dropping", intercept::address_of(SubscriptionRelationId, subscription)));
}

void judge_drop_database(const DropdbStmt *statement, Effects &effects)
{
    const Oid database = pg::call([statement] { return get_database_oid(statement->dbname, true); });
    if (!OidIsValid(database)) return;
    require_ownership(intercept::address_of(DatabaseRelationId, database));
    effects.push_back(intercept::effect_on("D06", "dropping", intercept::address_of(DatabaseRelationId, database)));
}

void judge_drop_tablespace(const DropTableSpaceStmt *statement, Effects &effects)
{
    const Oid tablespace = pg::call([statement] { return get_tablespace_oid(statement->tablespacename, true); });
    if (!OidIsValid(tablespace)) return;
    require_ownership(intercept::address_of(TableSpaceRelationId, tablespace));
    effects.push_back(intercept::effect_on("D27", "dropping", intercept::address_of(TableSpaceRelationId, tablespace)));
}

}  // namespace judge
