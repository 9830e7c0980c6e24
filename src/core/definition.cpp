#include "core/definition.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "core/cpp_only.hpp"

namespace core {
namespace {

void append_address(std::string &out, const Address &address)
{
    if (address.classid == 0) return;
    out += ",\"address\":[" + std::to_string(address.classid) + ',' + std::to_string(address.objid) + ',' +
           std::to_string(address.objsubid) + ']';
}

// The id without its kind: "public.prompts" of "table:public.prompts".
std::string_view name_of(std::string_view id)
{
    const auto colon = id.find(':');
    return colon == std::string_view::npos ? id : id.substr(colon + 1);
}

// The name a part has within its parent; the whole name when the parent's is no prefix of it.
std::string_view own_name(const Fact &fact)
{
    const std::string_view whole = name_of(fact.id);
    const std::string_view parent = name_of(fact.parent);
    if (!parent.empty() && whole.size() > parent.size() + 1 && whole.substr(0, parent.size()) == parent &&
        whole[parent.size()] == '.') {
        return whole.substr(parent.size() + 1);
    }
    return whole;
}

struct Pair {
    const Fact *before = nullptr;
    const Fact *after = nullptr;
};

// Finds for each fact of one side its counterpart on the other.
class Matching {
  public:
    Matching(const Facts &before, const Facts &after, bool match_address)
    {
        for (const Fact &fact : after) by_id_.emplace(fact.id, &fact);
        if (match_address) {
            std::map<Address, const Fact *> by_address;
            for (const Fact &fact : after) {
                if (fact.address.classid != 0) by_address.emplace(fact.address, &fact);
            }
            for (const Fact &fact : before) {
                const auto found = by_address.find(fact.address);
                if (found != by_address.end() && found->second->kind == fact.kind) take(fact, *found->second);
            }
        }
        for (const Fact &fact : before) {
            if (after_of_.contains(&fact)) continue;
            const auto found = by_id_.find(fact.id);
            if (found != by_id_.end() && !taken_.contains(found->second)) take(fact, *found->second);
        }
        for (const Fact &fact : before) {
            const auto found = after_of_.find(&fact);
            pairs.push_back({&fact, found != after_of_.end() ? found->second : nullptr});
        }
        for (const Fact &fact : after) {
            if (!taken_.contains(&fact)) pairs.push_back({nullptr, &fact});
        }
    }

    std::vector<Pair> pairs;

    // Whether the fact's new id is no more than its parent's new name.
    bool follows_parent(const Pair &pair) const
    {
        if (own_name(*pair.before) != own_name(*pair.after)) return false;
        const auto parent = renamed_.find(pair.before->parent);
        return parent != renamed_.end() && parent->second == pair.after->parent;
    }

  private:
    void take(const Fact &before, const Fact &after)
    {
        after_of_.emplace(&before, &after);
        taken_.emplace(&after, &before);
        renamed_.emplace(before.id, after.id);
    }

    std::map<std::string_view, const Fact *> by_id_;
    std::map<const Fact *, const Fact *> after_of_;
    std::map<const Fact *, const Fact *> taken_;
    std::map<std::string_view, std::string_view> renamed_;
};

constexpr std::string_view ordinal = "ordinal";

std::int64_t ordinal_of(const Fact &fact)
{
    const auto found = fact.payload.find(ordinal);
    if (found == fact.payload.end()) return 0;
    const auto *const number = std::get_if<std::int64_t>(&found->second);
    return number != nullptr ? *number : 0;
}

// Ids (after) of the parents whose parts stand in another order than before.
std::vector<std::string_view> reordered_parents(const std::vector<Pair> &pairs)
{
    std::vector<std::tuple<std::string_view, std::int64_t, std::int64_t>> places;
    for (const Pair &pair : pairs) {
        if (pair.before == nullptr || pair.after == nullptr || !pair.after->payload.contains(ordinal)) continue;
        places.emplace_back(pair.after->parent, ordinal_of(*pair.before), ordinal_of(*pair.after));
    }
    std::sort(places.begin(), places.end());
    std::vector<std::string_view> reordered;
    for (std::size_t i = 1; i < places.size(); ++i) {
        const auto &[parent, before, after] = places[i];
        const auto &[last_parent, last_before, last_after] = places[i - 1];
        if (parent == last_parent && after < last_after && (reordered.empty() || reordered.back() != parent)) {
            reordered.push_back(parent);
        }
    }
    return reordered;
}

Difference difference_of(const Fact &fact, std::string_view op)
{
    Difference difference;
    difference.fact = fact.id;
    difference.kind = fact.kind;
    difference.parent = fact.parent;
    difference.op = op;
    return difference;
}

void compare_payloads(std::vector<Difference> &differences, const Fact &before, const Fact &after, bool reordered)
{
    auto left = before.payload.begin();
    auto right = after.payload.begin();
    while (left != before.payload.end() || right != after.payload.end()) {
        const bool only_left = right == after.payload.end() || (left != before.payload.end() && left->first < right->first);
        const bool only_right = left == before.payload.end() || (right != after.payload.end() && right->first < left->first);
        const std::string &name = only_right ? right->first : left->first;
        const bool equal = !only_left && !only_right && left->second == right->second;
        if (!equal && (reordered || name != ordinal)) {
            Difference &difference = differences.emplace_back(difference_of(after, "changed"));
            difference.attribute = name;
            if (!only_right) difference.before = left->second;
            if (!only_left) difference.after = right->second;
        }
        if (!only_right) ++left;
        if (!only_left) ++right;
    }
}

}  // namespace

std::string definition_json(const Facts &facts)
{
    if (facts.empty()) return {};
    const Fact &whole = facts.front();
    std::string out = "{\"id\":";
    append_json_string(out, whole.id);
    out += ",\"kind\":";
    append_json_string(out, whole.kind);
    if (!whole.parent.empty()) {
        out += ",\"parent\":";
        append_json_string(out, whole.parent);
    }
    append_address(out, whole.address);
    out += ",\"attributes\":" + canonical_json(whole.payload);
    if (facts.size() > 1) {
        out += ",\"parts\":";
        char separator = '{';
        for (auto part = facts.begin() + 1; part != facts.end(); ++part) {
            out += separator;
            separator = ',';
            append_json_string(out, part->id);
            out += ":{\"kind\":";
            append_json_string(out, part->kind);
            append_address(out, part->address);
            out += ",\"attributes\":" + canonical_json(part->payload) + '}';
        }
        out += '}';
    }
    out += '}';
    return out;
}

std::vector<Difference> compare(const Facts &before, const Facts &after, bool match_address)
{
    const Matching matching(before, after, match_address);
    const std::vector<std::string_view> reordered = reordered_parents(matching.pairs);
    std::vector<Difference> differences;
    for (const Pair &pair : matching.pairs) {
        if (pair.after == nullptr) {
            differences.push_back(difference_of(*pair.before, "removed"));
            continue;
        }
        if (pair.before == nullptr) {
            differences.push_back(difference_of(*pair.after, "added"));
            continue;
        }
        if (pair.before->id != pair.after->id && !matching.follows_parent(pair)) {
            Difference &difference = differences.emplace_back(difference_of(*pair.after, "changed"));
            difference.attribute = "name";
            difference.before = pair.before->id;
            difference.after = pair.after->id;
        }
        if (pair.before->id == pair.after->id && pair.before->parent != pair.after->parent) {
            Difference &difference = differences.emplace_back(difference_of(*pair.after, "changed"));
            difference.attribute = "parent";
            difference.before = pair.before->parent;
            difference.after = pair.after->parent;
        }
        const bool moved = std::binary_search(reordered.begin(), reordered.end(), std::string_view(pair.after->parent));
        compare_payloads(differences, *pair.before, *pair.after, moved);
    }
    std::stable_sort(differences.begin(), differences.end(), [](const Difference &left, const Difference &right) {
        return std::tie(left.fact, left.attribute) < std::tie(right.fact, right.attribute);
    });
    return differences;
}

Facts found_state(const Facts &before, const Facts &after, const std::function<bool(const Fact *, const Fact *)> &is_own)
{
    const Matching matching(before, after, true);
    Facts found;
    for (const Pair &pair : matching.pairs) {
        const bool stays = pair.before != nullptr && pair.after != nullptr && pair.before->id == pair.after->id &&
                           pair.before->parent == pair.after->parent && pair.before->payload == pair.after->payload;
        const bool own = !stays && is_own(pair.before, pair.after);
        const bool both = pair.before != nullptr && pair.after != nullptr;
        const bool follows = both && matching.follows_parent(pair);
        if (own && both && pair.before->id != pair.after->id && !follows) return before;
        const Fact *const as_found = own ? pair.before : pair.after;
        if (as_found == nullptr) continue;
        found.push_back(*as_found);
        if (own && follows) {
            found.back().id = pair.after->id;
            found.back().parent = pair.after->parent;
        }
    }
    return found;
}

std::string differences_json(const std::vector<Difference> &differences)
{
    std::string out = "[";
    for (const Difference &difference : differences) {
        if (out.size() > 1) out += ',';
        out += "{\"fact\":";
        append_json_string(out, difference.fact);
        out += ",\"kind\":";
        append_json_string(out, difference.kind);
        out += ",\"op\":";
        append_json_string(out, difference.op);
        if (!difference.attribute.empty()) {
            out += ",\"attribute\":";
            append_json_string(out, difference.attribute);
        }
        if (!std::holds_alternative<std::monostate>(difference.before)) {
            out += ",\"before\":";
            append_json(out, difference.before);
        }
        if (!std::holds_alternative<std::monostate>(difference.after)) {
            out += ",\"after\":";
            append_json(out, difference.after);
        }
        out += '}';
    }
    out += ']';
    return out;
}

}  // namespace core
