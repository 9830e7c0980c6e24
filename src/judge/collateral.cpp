#include "catalog/reader.hpp"
#include "intercept/closure.hpp"
#include "intercept/describe.hpp"
#include "intercept/measure.hpp"
#include "judge/judge.hpp"
#include "ledger/record.hpp"

namespace judge {
namespace {

char kind_of(core::Address address)
{
    if (address.classid != RelationRelationId || address.objsubid != 0) return '\0';
    return pg::call([address] { return get_rel_relkind(address.objid); });
}

// Parts that hold rows of their own.
bool holds_data(core::Address address)
{
    const char kind = kind_of(address);
    return kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE || kind == RELKIND_MATVIEW || kind == RELKIND_FOREIGN_TABLE;
}

bool is_index(core::Address address)
{
    const char kind = kind_of(address);
    return kind == RELKIND_INDEX || kind == RELKIND_PARTITIONED_INDEX;
}

// What goes with a thing goes without saying, unless that is new and this is
// not: an index, key or partition that was attached to it, a sequence it was
// given, a member of a new extension.
bool is_older(const intercept::Dropped &dropped)
{
    const core::Address address = dropped.address;
    const char kind = kind_of(address);
    const bool can_be_older = (kind != '\0' && kind != RELKIND_TOASTVALUE) || address.classid == ConstraintRelationId ||
                              address.classid == ProcedureRelationId || address.classid == TypeRelationId;
    return can_be_older && ledger::created_in_this_transaction(dropped.from);
}

// A constraint stands for its index.
core::Address owner_of_index(core::Address address)
{
    if (!is_index(address)) return address;
    const Oid constraint = pg::call([address] { return get_index_constraint(address.objid); });
    const core::Address owner = intercept::address_of(ConstraintRelationId, constraint);
    return OidIsValid(constraint) && !is_exempt(owner) ? owner : address;
}

// A cascade over thousands of tables is not counted through.
constexpr std::size_t most_counted = 20;

void add_rows(core::Effect &effect)
{
    const intercept::Count rows = intercept::count_rows(effect.object.objid, false);
    effect.rows = rows.rows;
    effect.loss = rows.text("row");
    if (!effect.loss.empty()) effect.loss += " would be lost";
}

}  // namespace

std::vector<core::Address> add_collateral(const std::vector<core::Address> &originals, bool cascade, std::string_view rule,
                                          Effects &effects)
{
    using intercept::Reach;
    std::vector<core::Address> parts;
    const auto closure = intercept::drop_closure(originals, cascade);
    std::set<core::Address> whole(originals.begin(), originals.end());
    for (const auto &dropped : closure) whole.insert(dropped.address);
    effects.foreseen.insert(effects.foreseen.end(), whole.begin(), whole.end());
    // A default or constraint goes without saying when its table goes.
    const auto said_with_container = [&whole](core::Address address) {
        const core::Address container = catalog::containing_object(address);
        return container != address && whole.count(container) > 0;
    };
    for (const auto &dropped : closure) {
        const bool part = dropped.reach != Reach::cascade;
        if (dropped.reach == Reach::part) parts.push_back(dropped.address);
        const bool concerns = !part || holds_data(dropped.address) || is_older(dropped);
        if (!concerns || is_exempt(dropped.address) || said_with_container(dropped.address)) continue;
        const core::Address named = part ? owner_of_index(dropped.address) : dropped.address;
        core::Effect effect = intercept::effect_on(part && is_index(named) ? "D17" : rule, "dropping", named);
        if (effect.identity.empty()) continue;
        effect.collateral = true;
        const core::Address parent = parent_of(dropped.address);
        if (whole.count(parent) == 0) effect.parent = parent;
        if (effects.size() < most_counted && holds_data(dropped.address)) add_rows(effect);
        effects.push_back(std::move(effect));
    }
    return parts;
}

}  // namespace judge
