#include "intercept/closure.hpp"
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

bool has_dependents(core::Address address)
{
    Effects found;
    add_collateral({address}, true, "D27", found);
    return !found.empty();
}

// By the catalogs nothing is lost: a schema without objects, a type nothing
// uses.  A routine may be called from text the catalogs do not understand, so
// it never seems unused.
bool is_provable(ObjectType type) { return type == OBJECT_SCHEMA || type == OBJECT_TYPE || type == OBJECT_DOMAIN; }

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
    if (type == OBJECT_INDEX) {
        // Indexes of partitions go with it.
        std::vector<core::Address> parts;
        for (const auto &dropped : intercept::drop_closure({address}, false)) parts.push_back(dropped.address);
        effect.detail = parts_text(parts);
    }
    effect.seems_empty = is_provable(type) && !has_dependents(address);
    effects.push_back(std::move(effect));
}

// The server refuses these forms by their parse tree alone: no approval is asked for, and none is spent.
bool is_impossible(const DropStmt *statement)
{
    return statement->concurrent && (list_length(statement->objects) != 1 || statement->behavior == DROP_CASCADE);
}

struct Kind {
    const char *name;
    int sqlstate;
};

Kind kind_of_relation(ObjectType type)
{
    switch (type) {
        case OBJECT_TABLE: return {"table", ERRCODE_UNDEFINED_TABLE};
        case OBJECT_SEQUENCE: return {"sequence", ERRCODE_UNDEFINED_TABLE};
        case OBJECT_VIEW: return {"view", ERRCODE_UNDEFINED_TABLE};
        case OBJECT_MATVIEW: return {"materialized view", ERRCODE_UNDEFINED_TABLE};
        case OBJECT_INDEX: return {"index", ERRCODE_UNDEFINED_OBJECT};
        case OBJECT_FOREIGN_TABLE: return {"foreign table", ERRCODE_UNDEFINED_OBJECT};
        default: return {nullptr, 0};
    }
}

// One of several objects does not exist, so that the server will refuse the
// command.  It is refused here: the name could come to mean something while
// the command waits for the lock on another.
void refuse_missing(ObjectType type, Node *name)
{
    const Kind kind = kind_of_relation(type);
    if (kind.name == nullptr) {
        pg::call([type, name] {
            Relation relation = nullptr;
            get_object_address(type, name, &relation, AccessShareLock, false);
        });
        return;
    }
    const RangeVar *const relation = pg::call([name] { return makeRangeVarFromNameList(castNode(List, name)); });
    const char *const schema = relation->schemaname;
    if (schema != nullptr && !OidIsValid(pg::call([schema] { return LookupNamespaceNoError(schema); }))) {
        throw pg::GuardError(ERRCODE_UNDEFINED_SCHEMA, std::string("schema \"") + schema + "\" does not exist");
    }
    throw pg::GuardError(kind.sqlstate, std::string(kind.name) + " \"" + relation->relname + "\" does not exist");
}

// The server drops no index that a constraint needs, nor, one day, a partitioned one concurrently.
void refuse_bound_index(const DropStmt *statement, core::Address index)
{
    const Oid constraint = pg::call([index] { return get_index_constraint(index.objid); });
    if (OidIsValid(constraint)) {
        const auto description = [](Oid classid, Oid objid) {
            return pg::text_of(pg::call([classid, objid] {
                const ObjectAddress object{classid, objid, 0};
                return static_cast<const char *>(getObjectDescription(&object, true));
            }));
        };
        const std::string owner = description(ConstraintRelationId, constraint);
        throw pg::GuardError(ERRCODE_DEPENDENT_OBJECTS_STILL_EXIST,
                             "cannot drop " + description(RelationRelationId, index.objid) + " because " + owner + " requires it", {},
                             "You can drop " + owner + " instead.");
    }
    const bool partitioned = pg::call([index] { return get_rel_relkind(index.objid) == RELKIND_PARTITIONED_INDEX; });
    if (statement->concurrent && partitioned && !intercept::is_temporary(index)) {
        const char *const name = pg::call([index]() -> const char * { return get_rel_name(index.objid); });
        throw pg::GuardError(ERRCODE_FEATURE_NOT_SUPPORTED, "cannot drop partitioned index \"" + pg::text_of(name) + "\" concurrently");
    }
}

}  // namespace

void judge_drop(const DropStmt *statement, Effects &effects)
{
    const ObjectType type = statement->removeType;
    const bool cascade = statement->behavior == DROP_CASCADE;
    if (is_impossible(statement)) return;
    std::vector<core::Address> named;
    const ListCell *cell;
    foreach (cell, statement->objects) {
        auto *const name = static_cast<Node *>(lfirst(cell));
        auto address = intercept::resolve_object(type, name);
        if (!address.has_value() && !statement->missing_ok && list_length(statement->objects) > 1) {
            refuse_missing(type, name);
            address = intercept::resolve_object(type, name);
        }
        if (!address.has_value() || is_of_other_kind(type, *address)) continue;
        require_ownership(*address);
        if (type == OBJECT_INDEX) refuse_bound_index(statement, *address);
        if (std::find(named.begin(), named.end(), *address) != named.end()) continue;
        named.push_back(*address);
        if (!is_exempt(*address)) add_named(type, *address, effects);
    }
    if (!named.empty()) add_collateral(named, cascade, rules_for(type, named.front()).collateral, effects);
}

std::vector<core::Address> locks_of_drop(const DropStmt *statement)
{
    std::vector<core::Address> locks;
    if (!is_provable(statement->removeType)) return locks;
    const ListCell *cell;
    foreach (cell, statement->objects) {
        const auto address = intercept::resolve_object(statement->removeType, static_cast<Node *>(lfirst(cell)));
        if (address.has_value()) locks.push_back(*address);
    }
    return locks;
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

void judge_drop_tablespace(const DropTableSpaceStmt *statement, Effects &effects)
{
    const Oid tablespace = pg::call([statement] { return get_tablespace_oid(statement->tablespacename, true); });
    if (!OidIsValid(tablespace)) return;
    require_ownership(intercept::address_of(TableSpaceRelationId, tablespace));
    effects.push_back(intercept::effect_on("D27", "dropping", intercept::address_of(TableSpaceRelationId, tablespace)));
}

}  // namespace judge
