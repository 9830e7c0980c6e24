#include "intercept/closure.hpp"
#include "intercept/describe.hpp"
#include "judge/alter_table.hpp"

namespace judge {
namespace {

using intercept::address_of;

struct Found {
    Oid oid;
    char type;
    bool inherited;  // children have it, too
    bool enforced;
};

Found find_constraint(Oid relation, const char *name)
{
    return pg::call([relation, name] {
        const HeapTuple tuple = SearchSysCache1(CONSTROID, ObjectIdGetDatum(get_relation_constraint_oid(relation, name, true)));
        if (!HeapTupleIsValid(tuple)) return Found{};
        const auto *const row = reinterpret_cast<Form_pg_constraint>(GETSTRUCT(tuple));
        const Found found{row->oid, row->contype, row->contype == CONSTRAINT_CHECK && !row->connoinherit,
                          pg::compat::constraint_enforced(row)};
        ReleaseSysCache(tuple);
        return found;
    });
}

// PRIMARY KEY USING INDEX in the same statement replaces the key that is dropped.
bool adds_primary_key(const AlterTableStmt *statement)
{
    const ListCell *cell;
    foreach (cell, statement->cmds) {
        const auto *const command = static_cast<const AlterTableCmd *>(lfirst(cell));
        if (command->subtype != AT_AddConstraint || command->def == nullptr || !IsA(command->def, Constraint)) continue;
        const auto *const constraint = reinterpret_cast<const Constraint *>(command->def);
        if (constraint->contype == CONSTR_PRIMARY && constraint->indexname != nullptr) return true;
    }
    return false;
}

}  // namespace

void judge_drop_constraint(const Target &target, const AlterTableCmd *command, Effects &effects)
{
    constexpr char not_null = 'n';
    const Found found = find_constraint(target.relation, command->name);
    if (!OidIsValid(found.oid) || found.type == not_null) return;
    const bool primary = found.type == CONSTRAINT_PRIMARY;
    const std::string_view rule = primary ? "D16" : "D15";
    std::vector<core::Address> dropped{address_of(ConstraintRelationId, found.oid)};
    if (found.inherited) {
        for (const Oid check : intercept::inherited_checks(target.relation, found.oid, target.with_children)) {
            dropped.push_back(address_of(ConstraintRelationId, check));
        }
    }
    const auto parts = add_collateral(dropped, command->behavior == DROP_CASCADE, rule, effects);
    const bool replaced = primary && adds_primary_key(target.statement);
    if (replaced) return;
    if (!is_exempt(dropped.front())) {
        // What children inherit goes without saying.
        core::Effect effect = intercept::effect_on(rule, "dropping", dropped.front());
        effect.detail = parts_text(parts) + parts_text({dropped.begin() + 1, dropped.end()});
        effects.push_back(std::move(effect));
        return;
    }
    for (std::size_t i = 1; i < dropped.size(); ++i) {
        if (!is_exempt(dropped[i])) effects.push_back(intercept::effect_on(rule, "dropping", dropped[i]));
    }
}

void judge_unenforce(const Target &target, const char *name, Effects &effects)
{
    const Found found = find_constraint(target.relation, name);
    if (!OidIsValid(found.oid) || !found.enforced) return;
    std::vector<core::Address> concerned{address_of(ConstraintRelationId, found.oid)};
    for (const auto &dropped : intercept::drop_closure(concerned, false)) {
        if (dropped.address.classid == ConstraintRelationId) concerned.push_back(dropped.address);
    }
    const std::string old = parts_text(concerned);
    if (old.empty()) return;
    const std::string phrase = std::string("no longer enforcing constraint \"") + name + "\" of";
    core::Effect effect = intercept::effect_on("D15", phrase, target.address);
    effect.detail = phrase + ' ' + name + old;
    effects.push_back(std::move(effect));
}

}  // namespace judge
