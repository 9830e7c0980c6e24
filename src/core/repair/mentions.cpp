#include "core/repair/mentions.hpp"

#include <algorithm>

#include "core/repair/reading.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// Bodies are text to the server, and comments to everybody.
bool is_text_only(std::string_view attribute) { return attribute == "body" || attribute == "comment" || attribute == "owner" || attribute == "acl"; }

template <typename Visit>
void each_text(const Fact &fact, const Visit &visit)
{
    for (const auto &[attribute, value] : fact.payload) {
        if (is_text_only(attribute)) continue;
        if (const auto *const text = std::get_if<std::string>(&value)) visit(std::string_view(*text));
        if (const auto *const list = std::get_if<List>(&value)) {
            for (const auto &item : *list) visit(std::string_view(item));
        }
    }
    const auto name = name_of(fact.id);
    if (!name.arguments.empty()) visit(std::string_view(name.arguments));
}

bool is_operator(char c) { return std::string_view("+-*/<>=~!@#%^&|`?").find(c) != std::string_view::npos; }

// Calls visit(schema, name) for each dotted name.
template <typename Visit>
void each_name(std::string_view text, const Visit &visit)
{
    while (!text.empty()) {
        if (!begins_name(text.front())) {
            text.remove_prefix(1);
            continue;
        }
        std::string_view rest;
        auto parts = take_name(text, rest);
        // An operator's name has no letters: "app.<".
        if (parts.size() == 2 && parts.back().empty()) {
            while (!rest.empty() && is_operator(rest.front())) {
                parts.back() += rest.front();
                rest.remove_prefix(1);
            }
        }
        if (parts.size() >= 2) visit(parts[0], parts[1]);
        text = rest.size() < text.size() ? rest : text.substr(1);
    }
}

bool is_named(const Fact &fact)
{
    constexpr std::string_view parts[] = {"column", "attribute", "constraint", "trigger", "rule", "policy", "user_mapping", "default_privileges", "cast", "transform"};
    return std::find(std::begin(parts), std::end(parts), fact.kind) == std::end(parts);
}

}  // namespace

Mentions::Mentions(const FactMap &facts) : facts_(facts)
{
    for (const auto &[id, fact] : facts) {
        if (!is_named(fact)) continue;
        const auto name = name_of(id);
        if (name.parts.size() >= 2) named_[mention_key(name.part(0), name.part(1))].push_back(&fact);
    }
    for (const auto &[id, fact] : facts) {
        for (const auto *const other : of(fact)) by_[other->id].push_back(&fact);
    }
}

std::vector<const Fact *> Mentions::of(const Fact &fact) const
{
    std::vector<const Fact *> found;
    const auto add = [&](const Fact *other) {
        if (other != &fact && other->id != fact.id && std::find(found.begin(), found.end(), other) == found.end()) found.push_back(other);
    };
    const auto add_id = [&](const std::string &id) {
        if (const auto other = facts_.find(id); other != facts_.end()) add(&other->second);
    };
    if (!fact.parent.empty()) add_id(fact.parent);
    for (const auto &[attribute, kind] : {std::pair{"language", "language"}, std::pair{"server", "server"}, std::pair{"access_method", "access_method"}, std::pair{"method", "access_method"},
                                          std::pair{"schema", "schema"}, std::pair{"extension", "extension"}}) {
        if (has(fact, attribute)) add_id(fact_id(kind, {text_of(fact, attribute)}));
    }
    each_text(fact, [&](std::string_view text) {
        each_name(text, [&](const std::string &schema, const std::string &name) {
            const auto others = named_.find(mention_key(schema, name));
            if (others == named_.end()) return;
            for (const auto *const other : others->second) add(other);
        });
    });
    return found;
}

const std::vector<const Fact *> &Mentions::by(const Fact &fact) const
{
    static const std::vector<const Fact *> nobody;
    const auto found = by_.find(fact.id);
    return found != by_.end() ? found->second : nobody;
}

std::string mention_key(const std::string &schema, const std::string &name) { return schema + '\0' + name; }

bool mentions_any(const Fact &fact, const std::unordered_set<std::string> &keys)
{
    bool found = false;
    each_text(fact, [&](std::string_view text) {
        if (!found) each_name(text, [&](const std::string &schema, const std::string &name) { found = found || keys.contains(mention_key(schema, name)); });
    });
    return found;
}

bool has_word(const Fact &fact, const std::string &word)
{
    bool found = false;
    each_text(fact, [&](std::string_view text) {
        if (found) return;
        while (!text.empty() && !found) {
            if (text.starts_with(".*")) found = true;
            if (!begins_name(text.front())) {
                text.remove_prefix(1);
                continue;
            }
            std::string_view rest;
            const auto parts = take_name(text, rest);
            found = found || std::find(parts.begin(), parts.end(), word) != parts.end();
            text = rest.size() < text.size() ? rest : text.substr(1);
        }
    });
    return found;
}

}  // namespace core::repair
