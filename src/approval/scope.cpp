#include "approval/scope.hpp"

namespace approval {
namespace {

constinit pg::Statement scope_of{
    "SELECT a.scope_rules IS NULL, a.scope_objects IS NULL FROM langchef_guard.approval a "
    "WHERE a.id OPERATOR(pg_catalog.=) $1",
    {INT8OID}};

constinit pg::Statement rules_of{
    "SELECT pg_catalog.unnest(a.scope_rules) FROM langchef_guard.approval a WHERE a.id OPERATOR(pg_catalog.=) $1", {INT8OID}};

constinit pg::Statement objects_of{
    "SELECT (o.value OPERATOR(pg_catalog.->>) 'classid')::pg_catalog.oid, "
    "(o.value OPERATOR(pg_catalog.->>) 'objid')::pg_catalog.oid "
    "FROM langchef_guard.approval a, pg_catalog.jsonb_array_elements(a.scope_objects) AS o "
    "WHERE a.id OPERATOR(pg_catalog.=) $1",
    {INT8OID}};

// A composite type goes by its type, not by the relation behind it.
constinit pg::Statement find_relation{
    "SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c "
    "JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace "
    "WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)::pg_catalog.oid AND c.relkind OPERATOR(pg_catalog.<>) 'c'",
    {TEXTOID}};

constinit pg::Statement find_type{
    "SELECT t.oid, pg_catalog.format('%I.%I', n.nspname, t.typname) FROM pg_catalog.pg_type t "
    "JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace "
    "WHERE t.oid OPERATOR(pg_catalog.=) pg_catalog.to_regtype($1)::pg_catalog.oid",
    {TEXTOID}};

constinit pg::Statement find_function{
    "SELECT p.oid, pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.oidvectortypes(p.proargtypes)) "
    "FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace "
    "WHERE p.oid OPERATOR(pg_catalog.=) pg_catalog.to_regprocedure($1)::pg_catalog.oid",
    {TEXTOID}};

constinit pg::Statement find_schema{
    "SELECT n.oid, pg_catalog.format('%I.*', n.nspname) FROM pg_catalog.pg_namespace n "
    "WHERE n.nspname OPERATOR(pg_catalog.=) (pg_catalog.parse_ident($1))[1] "
    "AND pg_catalog.array_length(pg_catalog.parse_ident($1), 1) OPERATOR(pg_catalog.=) 1",
    {TEXTOID}};

class Scope {
  public:
    explicit Scope(std::vector<core::Address> objects) : objects_(std::move(objects)) {}

    bool holds(const core::Effect &effect) const
    {
        if (contains(effect.object) || contains(effect.relation)) return true;
        for (const core::Address &place : {effect.relation, effect.object}) {
            const Oid schema = place.objid != InvalidOid ? schema_of(place) : InvalidOid;
            if (OidIsValid(schema)) return contains_schema(schema);
        }
        return false;
    }

  private:
    // A schema in a scope stands for what it contains, not for itself.
    bool contains(const core::Address &address) const
    {
        return address.objid != InvalidOid && address.classid != NamespaceRelationId && find(address.classid, address.objid);
    }
    bool contains_schema(Oid schema) const { return find(NamespaceRelationId, schema); }
    bool find(Oid classid, Oid objid) const
    {
        return std::any_of(objects_.begin(), objects_.end(), [=](const core::Address &entry) {
            return entry.classid == classid && entry.objid == objid;
        });
    }

    std::vector<core::Address> objects_;
};

void resolve_one(pg::SpiSession &spi, const std::string &name, std::string &out)
{
    struct Kind {
        pg::Statement *statement;
        Oid classid;
    };
    const auto missing = [&name](const char *hint) {
        return pg::GuardError(ERRCODE_UNDEFINED_OBJECT, "object \"" + name + "\" does not exist", {}, hint);
    };
    const auto add = [&](Kind kind, std::string_view argument) {
        const pg::Rows rows = spi.run(*kind.statement, {pg::param(argument)});
        if (rows.empty()) return false;
        if (out.size() > 1) out += ',';
        out += "{\"classid\":" + std::to_string(kind.classid) + ",\"objid\":" + std::to_string(rows.oid(0, 1)) + ",\"identity\":";
        core::append_json_string(out, rows.text(0, 2));
        out += '}';
        return true;
    };
    const std::string_view text = name;
    static constexpr const char *how =
        "Give qualified names: schema.table, schema.type, schema.function(argument types), or schema.* for all of a schema.";
    if (text.size() > 2 && text.substr(text.size() - 2) == ".*") {
        if (!add({&find_schema, NamespaceRelationId}, text.substr(0, text.size() - 2))) throw missing(how);
    } else if (!text.empty() && text.back() == ')') {
        if (!add({&find_function, ProcedureRelationId}, text)) throw missing(how);
    } else if (!add({&find_relation, RelationRelationId}, text) && !add({&find_type, TypeRelationId}, text)) {
        throw missing(how);
    }
}

}  // namespace

Oid schema_of(const core::Address &address)
{
    return pg::call([address] {
        const ObjectAddress object{address.classid, address.objid, 0};
        if (object.classId == NamespaceRelationId || !is_objectclass_supported(object.classId)) return InvalidOid;
        if (object.classId == RelationRelationId) return get_rel_namespace(object.objectId);
        return get_object_namespace(&object);
    });
}

std::string outside_scope(pg::SpiSession &spi, std::int64_t approval, const core::Judgement &judgement)
{
    const pg::Parameter id = pg::param(approval);
    const pg::Rows scope = spi.run(scope_of, {id});
    if (scope.empty()) return "The token no longer exists.";
    const bool every_rule = scope.boolean(0, 1);
    const bool every_object = scope.boolean(0, 2);
    if (!every_rule) {
        const pg::Rows rows = spi.run(rules_of, {id});
        std::set<std::string> rules;
        for (std::uint64_t i = 0; i < rows.size(); ++i) rules.insert(rows.text(i, 1));
        for (const core::Effect &effect : judgement.effects) {
            if (!rules.contains(effect.rule)) return "The token does not cover rule " + effect.rule + ".";
        }
    }
    if (!every_object) {
        const pg::Rows rows = spi.run(objects_of, {id});
        std::vector<core::Address> objects;
        for (std::uint64_t i = 0; i < rows.size(); ++i) objects.push_back({rows.oid(i, 1), rows.oid(i, 2), 0});
        const Scope covered(std::move(objects));
        for (const core::Effect &effect : judgement.effects) {
            if (!covered.holds(effect)) return "The token does not cover " + effect.object_type + " \"" + effect.identity + "\".";
        }
    }
    return {};
}

std::string resolve_scope(pg::SpiSession &spi, const std::vector<std::string> &names)
{
    std::string json = "[";
    for (const std::string &name : names) resolve_one(spi, name, json);
    json += ']';
    return json;
}

}  // namespace approval
