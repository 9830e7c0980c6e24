#include "approval/scope.hpp"

#include "guard/policy_names.hpp"

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

std::string named(const core::Effect &effect) { return effect.object_type + ' ' + core::in_quotes(effect.identity); }

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
    // The rows of a partition are its parent's, too.
    bool holds_parent(const core::Effect &effect) const
    {
        return effect.parent.objid == InvalidOid || contains(effect.parent) || contains_schema(schema_of(effect.parent));
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

constexpr const char *how_to_name =
    "Give qualified names: schema.table, schema.type, schema.function(argument types), or schema.* for all of a schema.";

[[noreturn]] void malformed(const std::string &name)
{
    throw pg::GuardError(ERRCODE_INVALID_NAME, "object name \"" + name + "\" is not valid", {}, how_to_name);
}

// The schema's own address; all zero when there is no such schema.
core::Address find_schema(const std::string &name, std::string_view schema)
{
    const auto parts = guard::name_parts(std::string(schema));
    if (!parts || parts->size() != 1) malformed(name);
    const char *const text = parts->front().c_str();
    return {NamespaceRelationId, pg::call([text] { return get_namespace_oid(text, true); }), 0};
}

core::Address find_object(const std::string &name)
{
    auto found = guard::find_named_object(name);
    if (!found.well_formed) malformed(name);
    return found.address;
}

void resolve_one(const std::string &name, std::string &out)
{
    constexpr std::string_view all = ".*";
    const std::string_view text = name;
    const bool is_schema = text.size() > all.size() && text.substr(text.size() - all.size()) == all;
    const core::Address address = is_schema ? find_schema(name, text.substr(0, text.size() - all.size())) : find_object(name);
    if (address.objid == InvalidOid) {
        throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT, "object \"" + name + "\" does not exist", {}, how_to_name);
    }
    if (out.size() > 1) out += ',';
    out += "{\"classid\":" + std::to_string(address.classid) + ",\"objid\":" + std::to_string(address.objid) + ",\"identity\":";
    core::append_json_string(out, is_schema ? guard::identity_of(address) + ".*" : guard::identity_of(address));
    out += '}';
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
            if (!covered.holds(effect)) return "The token does not cover " + named(effect) + '.';
            if (!covered.holds_parent(effect)) return "The token does not cover the parent of " + named(effect) + '.';
        }
    }
    return {};
}

std::string resolve_scope(const std::vector<std::string> &names)
{
    std::string json = "[";
    for (const std::string &name : names) resolve_one(name, json);
    json += ']';
    return json;
}

}  // namespace approval
