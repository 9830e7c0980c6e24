#include "core/drift.hpp"

#include <algorithm>

#include "core/column_order.hpp"
#include "core/definition.hpp"
#include "core/drift_cause.hpp"
#include "core/rename_cause.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

// "unique btree (email, tenant)" for an index.
std::string index_description(const Payload &payload)
{
    std::string out = payload.contains("unique") ? "unique " : "";
    if (const auto method = payload.find("method"); method != payload.end()) out += plain_text(method->second) + ' ';
    if (const auto keys = payload.find("keys"); keys != payload.end()) out += '(' + plain_text(keys->second) + ')';
    return out;
}

std::string text_of(const Payload &payload, std::string_view attribute)
{
    const auto found = payload.find(attribute);
    return found != payload.end() ? plain_text(found->second) : std::string();
}

std::int64_t ordinal_of(const Payload &payload)
{
    const auto found = payload.find("ordinal");
    const auto *const number = found != payload.end() ? std::get_if<std::int64_t>(&found->second) : nullptr;
    return number != nullptr ? *number : 0;
}

DriftRow whole_fact(DriftOperation operation, const FactSource &source)
{
    auto fact = source.fact();
    DriftRow row;
    row.operation = operation;
    row.digest = source.digest();
    (operation == DriftOperation::missing ? row.expected : row.actual) = best_description(fact);
    row.fact = std::move(fact.id);
    row.kind = std::move(fact.kind);
    row.parent = std::move(fact.parent);
    row.address = fact.address;
    row.xmin = fact.xmin;
    row.ordinal = ordinal_of(fact.payload);
    row.owned_by = text_of(fact.payload, "owned_by");
    row.extension = text_of(fact.payload, "extension");
    return row;
}

// Privileges with the owner under a name that is no role's.
Value without_owner(const Payload &payload, std::string_view attribute)
{
    const auto acl = payload.find(attribute);
    if (acl == payload.end()) return {};
    const auto *const grants = std::get_if<List>(&acl->second);
    const auto owner = payload.find("owner");
    if (grants == nullptr || owner == payload.end()) return acl->second;
    const auto prefix = quote_part(plain_text(owner->second)) + '=';
    List neutral;
    for (const auto &grant : *grants) {
        neutral.push_back(grant.starts_with(prefix) ? grant.substr(prefix.size() - 1) : grant);
    }
    std::sort(neutral.begin(), neutral.end());
    return neutral;
}

// Whether the privileges differ only because the owner's go to the new owner.
bool follows_owner(const Difference &change, const Fact &expected, const Fact &actual)
{
    return change.attribute == "acl" && without_owner(expected.payload, "acl") == without_owner(actual.payload, "acl");
}

// What stands for a secret, "name=<hidden KEY HASH>", without the hash; other text as it is.
std::string without_hash(const std::string &option)
{
    const auto start = option.find("=<hidden ");
    return start == std::string::npos ? option : option.substr(0, start);
}

std::string key_of(const std::string &option)
{
    constexpr std::string_view mark = "=<hidden ";
    const auto start = option.find(mark);
    if (start == std::string::npos) return {};
    const auto key = start + mark.size();
    return option.substr(key, option.find(' ', key) - key);
}

// Whether the lists differ in secrets alone, and these were hidden under different keys.
bool hidden_apart(const Value &left, const Value &right)
{
    const auto *const one = std::get_if<List>(&left);
    const auto *const other = std::get_if<List>(&right);
    if (one == nullptr || other == nullptr || one->size() != other->size()) return false;
    for (std::size_t i = 0; i < one->size(); ++i) {
        const auto &a = (*one)[i];
        const auto &b = (*other)[i];
        if (a == b) continue;
        if (without_hash(a) != without_hash(b) || key_of(a).empty() || key_of(a) == key_of(b)) return false;
    }
    return true;
}

void add_changes(std::vector<DriftRow> &rows, Fact &&expected, Fact &&actual)
{
    Facts before;
    Facts after;
    before.push_back(std::move(expected));
    after.push_back(std::move(actual));
    const auto changes = compare(before, after);
    const Fact &fact = after.front();
    const auto start = [&] {
        DriftRow row;
        row.fact = fact.id;
        row.kind = fact.kind;
        row.parent = fact.parent;
        row.address = fact.address;
        row.xmin = fact.xmin;
        row.extension = text_of(fact.payload, "extension");
        return row;
    };
    for (const auto &change : changes) {
        if (follows_owner(change, before.front(), fact)) continue;
        auto row = start();
        if (hidden_apart(change.before, change.after)) row.operation = DriftOperation::not_compared;
        row.attribute = change.attribute;
        row.expected = change.before;
        row.actual = change.after;
        rows.push_back(std::move(row));
    }
    // Places are looked at when all columns are known.
    const auto place = ordinal_of(before.front().payload);
    if (place != ordinal_of(fact.payload)) {
        auto row = start();
        row.attribute = "ordinal";
        row.expected = place;
        row.actual = ordinal_of(fact.payload);
        rows.push_back(std::move(row));
    }
}

DriftRow renamed_fact(std::string_view from, const Fact &fact)
{
    DriftRow row;
    row.operation = DriftOperation::renamed;
    row.fact = fact.id;
    row.kind = fact.kind;
    row.parent = fact.parent;
    row.expected = std::string(object_of(from));
    row.actual = std::string(object_of(fact.id));
    row.address = fact.address;
    row.xmin = fact.xmin;
    row.owned_by = text_of(fact.payload, "owned_by");
    row.extension = text_of(fact.payload, "extension");
    row.inherited = fact.payload.contains("inherited");
    return row;
}

}  // namespace

Value best_description(const Fact &fact)
{
    if (fact.kind == "index") return index_description(fact.payload);
    for (const std::string_view name : {"definition", "type", "labels", "returns", "using", "version"}) {
        if (const auto found = fact.payload.find(name); found != fact.payload.end()) return found->second;
    }
    return {};
}

std::vector<DriftRow> find_drift(FactSource &expected, FactSource &actual, std::size_t most, Walk walk)
{
    std::vector<DriftRow> rows;
    bool more_expected = expected.next();
    bool more_actual = actual.next();
    while ((more_expected || more_actual) && (rows.size() < most || walk == Walk::to_end)) {
        const int order = !more_expected ? 1 : !more_actual ? -1 : expected.key().compare(actual.key());
        if (order == 0 && expected.digest() == actual.digest()) {
            expected.met_equal();
            actual.met_equal();
        } else if (rows.size() >= most) {
            // Only what is equal is still looked for.
        } else if (order < 0) {
            rows.push_back(whole_fact(DriftOperation::missing, expected));
            rows.back().registered = expected.registered_id();
        } else if (order > 0) {
            rows.push_back(whole_fact(DriftOperation::unexpected, actual));
        } else {
            auto before = expected.fact();
            auto after = actual.fact();
            if (expected.renamed()) {
                rows.push_back(renamed_fact(expected.registered_id(), after));
                // The schema is a part of the name.
                before.parent = after.parent;
            }
            add_changes(rows, std::move(before), std::move(after));
        }
        if (order <= 0) more_expected = expected.next();
        if (order >= 0) more_actual = actual.next();
    }
    // What explains a place may be among the rows that were not looked for.
    if (rows.size() < most) keep_moved_columns(rows);
    if (rows.size() < most) {
        link_to_renames(rows);
        link_to_causes(rows, actual);
    }
    return rows;
}

std::string identifying_text(std::string_view expected_name, const DriftRow &row)
{
    std::string out = "[";
    const auto add = [&out](std::string_view text) {
        append_json_string(out, text);
        out += ',';
    };
    add(expected_name);
    add(operation_word(row.operation));
    add(row.fact);
    add(row.attribute);
    append_json(out, row.expected);
    out += ',';
    append_json(out, row.actual);
    out += ']';
    return out;
}

}  // namespace core
