#include "core/drift_cause.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "core/cpp_only.hpp"

namespace core {
namespace {

// The attribute whose change brings that of another one with it: of the same
// fact, or, for what a column inherits, of its table.
std::string_view cause_of(std::string_view attribute)
{
    if (attribute.starts_with("identity_")) return "identity";
    if (attribute == "generated_kind") return "generated";
    if (attribute == "partition_bound" || attribute == "detach_pending") return "partition_of";
    return {};
}

bool comes_or_goes(const DriftRow &row)
{
    return std::holds_alternative<std::monostate>(row.expected) || std::holds_alternative<std::monostate>(row.actual);
}

// Of a fact that is there in one of the two schemas only, or cannot be compared.
bool is_whole(const DriftRow &row) { return row.operation != DriftOperation::changed && row.operation != DriftOperation::renamed; }

bool is_ancestry(std::string_view attribute) { return attribute == "inherits" || attribute == "partition_of"; }

void link_attributes(std::vector<DriftRow> &rows)
{
    std::map<std::pair<std::string_view, std::string_view>, std::size_t> changed;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].operation == DriftOperation::changed) changed.emplace(std::pair(std::string_view(rows[i].fact), std::string_view(rows[i].attribute)), i);
    }
    const auto link = [&](DriftRow &row, std::string_view fact, std::string_view attribute, bool any_change) {
        const auto cause = changed.find({fact, attribute});
        if (cause != changed.end() && (any_change || comes_or_goes(rows[cause->second]))) row.implied_by = cause->second;
    };
    const auto link_to_ancestry = [&](DriftRow &row, std::string_view table) {
        link(row, table, "inherits", true);
        link(row, table, "partition_of", true);
    };
    for (auto &row : rows) {
        if (row.operation != DriftOperation::changed || row.implied_by != no_row) continue;
        if (const auto cause = cause_of(row.attribute); !cause.empty()) link(row, row.fact, cause, false);
        // A column that ceases to inherit its NOT NULL keeps the name it has in the parent.
        if (row.attribute == "inherited" || row.attribute == "local" || row.attribute == "not_null_name") link_to_ancestry(row, row.parent);
        // What inherited parts have of their own.
        if (row.attribute.starts_with("inherited_")) link_to_ancestry(row, row.fact);
    }
}

void link_to_wholes(std::vector<DriftRow> &rows)
{
    std::unordered_map<std::string_view, std::size_t> whole;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (is_whole(rows[i])) whole.emplace(rows[i].fact, i);
    }
    for (auto &row : rows) {
        const auto link = [&](std::string_view cause, bool follows) {
            const auto found = whole.find(cause);
            if (found == whole.end()) return;
            if (follows || rows[found->second].operation == row.operation) row.implied_by = found->second;
        };
        // What has another parent because that one is new (its name is) follows from it.
        link(row.parent, row.attribute == "parent");
        // A sequence comes and goes with the column that it belongs to, a family with the class it was made for.
        if (row.implied_by == no_row && !row.owned_by.empty()) link("column:" + row.owned_by, false);
        if (row.implied_by == no_row && row.kind == "operator_family") link("operator_class:" + std::string(object_of(row.fact)), false);
    }
}

// Members of an extension come, go and change with it.
void link_to_extensions(std::vector<DriftRow> &rows)
{
    std::map<std::string, std::size_t, std::less<>> extensions;
    std::map<std::string, std::size_t, std::less<>> owners;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].kind != "extension") continue;
        const bool brings_members = is_whole(rows[i]) || rows[i].attribute == "version" || rows[i].attribute == "schema";
        if (brings_members) extensions.emplace(rows[i].fact, i);
        if (rows[i].attribute == "owner") owners.emplace(rows[i].fact, i);
    }
    for (auto &row : rows) {
        if (row.implied_by != no_row || row.extension.empty() || row.attribute == "extension") continue;
        // An update alters what members are, and leaves who may use them to the administrator.
        const bool of_rights = row.attribute == "owner" || row.attribute == "acl" || row.attribute == "security_definer" || row.attribute == "config";
        const auto &causes = of_rights ? owners : extensions;
        if (const auto found = causes.find(fact_id("extension", {row.extension})); found != causes.end()) row.implied_by = found->second;
    }
}

// Tables that a table inherits from in one of the two schemas only.
std::vector<std::string> ancestors_that_differ(const DriftRow &row)
{
    const auto names = [](const Value &value) {
        List list;
        if (const auto *const one = std::get_if<std::string>(&value)) list = {*one};
        if (const auto *const several = std::get_if<List>(&value)) list = *several;
        std::sort(list.begin(), list.end());
        return list;
    };
    const auto before = names(row.expected);
    const auto after = names(row.actual);
    List differ;
    std::set_symmetric_difference(before.begin(), before.end(), after.begin(), after.end(), std::back_inserter(differ));
    return differ;
}

// A constraint or an index is a fact of its own in the table that has it from
// another one as soon as it does not inherit it: unexpected when the
// inheritance ended, missing when it began.
class InheritedParts {
  public:
    explicit InheritedParts(std::vector<DriftRow> &rows) : rows_(rows)
    {
        std::unordered_map<std::string_view, std::vector<std::size_t>> parts;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto &row = rows[i];
            const bool whole = is_whole(row) && row.implied_by == no_row;
            if (whole && (row.kind == "constraint" || row.kind == "index")) parts[row.parent].push_back(i);
        }
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].operation != DriftOperation::changed || !is_ancestry(rows[i].attribute)) continue;
            const auto found = parts.find(rows[i].fact);
            if (found == parts.end()) continue;
            for (const auto &ancestor : ancestors_that_differ(rows[i])) {
                for (const auto part : found->second) candidates_[ancestor].push_back({part, i});
            }
        }
    }

    void find_in(FactSource &actual)
    {
        if (candidates_.empty() || !actual.rewind()) return;
        while (actual.next()) {
            const auto key = actual.key();
            if (!key.starts_with("constraint:") && !key.starts_with("index:")) continue;
            const auto fact = actual.fact();
            const auto found = candidates_.find(object_of(fact.parent));
            if (found == candidates_.end()) continue;
            for (const auto &candidate : found->second) {
                auto &row = rows_[candidate.part];
                const auto &own = row.operation == DriftOperation::missing ? row.expected : row.actual;
                if (row.kind == fact.kind && plain_text(own) == plain_text(best_description(fact))) row.implied_by = candidate.cause;
            }
        }
    }

  private:
    struct Candidate {
        std::size_t part;
        std::size_t cause;
    };
    std::vector<DriftRow> &rows_;
    std::map<std::string, std::vector<Candidate>, std::less<>> candidates_;  // by the ancestor's name
};

// Facts of a document may name each other as parents in a circle.
void cut_circles(std::vector<DriftRow> &rows)
{
    constexpr std::size_t done = no_row;
    std::vector<std::size_t> seen_from(rows.size(), 0);  // the walk that came by, counted from 1
    for (std::size_t start = 0; start < rows.size(); ++start) {
        std::size_t at = start;
        while (at != no_row && seen_from[at] == 0) {
            seen_from[at] = start + 1;
            const auto next = rows[at].implied_by;
            if (next != no_row && seen_from[next] == start + 1) rows[at].implied_by = no_row;
            at = rows[at].implied_by;
        }
        for (at = start; at != no_row && seen_from[at] == start + 1; at = rows[at].implied_by) seen_from[at] = done;
    }
}

}  // namespace

void link_to_causes(std::vector<DriftRow> &rows, FactSource &actual)
{
    link_to_wholes(rows);
    link_to_extensions(rows);
    link_attributes(rows);
    InheritedParts(rows).find_in(actual);
    cut_circles(rows);
}

}  // namespace core
