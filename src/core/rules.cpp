#include "core/rules.hpp"

#include <array>

#include "core/cpp_only.hpp"

namespace core {
namespace {

constexpr auto destructive = Class::destructive;
constexpr auto approve = Action::approve;

constexpr std::array catalogue{
    Rule{"D01", "drop-table", destructive, approve, "a table is dropped with its rows"},
    Rule{"D02", "drop-cascade", destructive, approve, "objects of others are dropped along by CASCADE"},
    Rule{"D03", "drop-column", destructive, approve, "the values of a column are lost"},
    Rule{"D04", "drop-column-loses-index", destructive, approve, "an index or constraint over several columns goes with one of them"},
    Rule{"D05", "drop-schema", destructive, approve, "a schema is dropped with what it contains"},
    Rule{"D06", "drop-database", destructive, approve, "a database is dropped"},
    Rule{"D07", "truncate", destructive, approve, "all rows of a table are removed"},
    Rule{"D08", "truncate-cascade", destructive, approve, "tables that reference a truncated one are emptied along"},
    Rule{"D09", "delete-update-no-where", destructive, approve, "every row of a table is deleted or overwritten"},
    Rule{"D10", "drop-view", destructive, approve, "a view or materialized view is dropped"},
    Rule{"D11", "drop-type", destructive, approve, "a type is dropped with the columns that use it"},
    Rule{"D12", "drop-function", destructive, approve, "a routine or operator is dropped with what calls it"},
    Rule{"D13", "drop-sequence", destructive, approve, "a sequence is dropped with its position"},
    Rule{"D14", "drop-extension", destructive, approve, "an extension is dropped with what uses it"},
    Rule{"D15", "drop-constraint", destructive, approve, "a foreign key, check, unique or exclusion constraint no longer holds"},
    Rule{"D16", "drop-primary-key", destructive, approve, "a primary key is dropped"},
    Rule{"D17", "drop-index", destructive, approve, "an index is dropped"},
    Rule{"D19", "drop-trigger", destructive, approve, "a trigger or rule is dropped or no longer fires"},
    Rule{"D20", "drop-policy", destructive, approve, "row security is weakened"},
    Rule{"D21", "drop-owned", destructive, approve, "a role is dropped, or all it owns is dropped or given away"},
    Rule{"D22", "type-narrowing", destructive, approve, "a column's new type cannot hold all values of the old one"},
    Rule{"D23", "drop-expression-identity", destructive, approve, "a column stops being generated"},
    Rule{"D24", "detach-partition", destructive, approve, "rows leave a partitioned or inherited table"},
    Rule{"D25", "set-unlogged", destructive, approve, "a crash would empty the table"},
    Rule{"D26", "replace-changes-contract", destructive, approve, "an object is overwritten by one that behaves differently"},
    Rule{"D27", "drop-object", destructive, approve, "an object of another kind is dropped"},
    Rule{"D28", "replicated-truncate", destructive, Action::record, "logical replication removes all rows of a table"},
    Rule{"D29", "drop-large-object", destructive, approve, "a large object is dropped with its contents"},
    Rule{"P01", "role-escalation", Class::process, approve, "a role gains rights that go round the guard, or one that matters to it changes"},
    Rule{"P06", "guarded-setting", Class::process, approve, "a setting the guard depends on, or the database itself, is changed"},
    Rule{"P07", "guard-tampering", Class::process, Action::deny, "the guard itself is changed: no policy and no token allows it"},
    Rule{"P13", "guard-relaxed", Class::process, Action::record, "sessions to come only record or warn, by a stored setting"},
    Rule{"R01", "alter-type-rewrite", Class::rewrite, approve, "the table is rewritten for a column's new type"},
    Rule{"R02", "timestamp-timestamptz", Class::rewrite, approve, "values are reinterpreted in the session's time zone"},
    Rule{"R03", "alter-type-index-rebuild", Class::rewrite, approve, "indexes are rebuilt for a column's new type"},
    Rule{"R04", "alter-type-rechecks-constraint", Class::scan, approve, "constraints are checked again for a column's new type"},
    Rule{"R16", "alter-type-in-place", Class::incompatible, approve, "a column's type changes without touching its rows"},
};

}  // namespace

std::string_view name_of(Class rule_class)
{
    switch (rule_class) {
        case Class::destructive: return "destructive";
        case Class::rewrite: return "rewrite";
        case Class::scan: return "scan";
        case Class::lock: return "lock";
        case Class::incompatible: return "incompatible";
        case Class::process: return "process";
        case Class::advice: return "advice";
    }
    return "";
}

std::string_view name_of(Action action)
{
    switch (action) {
        case Action::allow: return "allow";
        case Action::record: return "record";
        case Action::warn: return "warn";
        case Action::approve: return "approve";
        case Action::deny: return "deny";
    }
    return "";
}

std::optional<Action> action_named(std::string_view name)
{
    for (const Action action : {Action::allow, Action::record, Action::warn, Action::approve, Action::deny}) {
        if (name_of(action) == name) return action;
    }
    return std::nullopt;
}

std::span<const Rule> rules() { return catalogue; }

const Rule *find_rule(std::string_view id)
{
    for (const Rule &rule : catalogue) {
        if (rule.id == id) return &rule;
    }
    return nullptr;
}

}  // namespace core
