#include "core/repair/free_name.hpp"

#include "core/repair/mentions.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// Names that are cut at the same place still differ by it.
std::string digest(std::string_view text)
{
    std::uint32_t sum = 2166136261U;
    for (const char c : text) sum = (sum ^ static_cast<unsigned char>(c)) * 16777619U;
    std::string out;
    for (int shift = 28; shift >= 0; shift -= 4) out += "0123456789abcdef"[(sum >> shift) & 15U];
    return out;
}

template <typename Taken>
std::string free_name(const Dialect &sql, std::string_view before, std::string_view name, std::string_view after, const Taken &taken)
{
    constexpr std::size_t longest = 63;
    for (int attempt = 0;; ++attempt) {
        std::string mark = attempt > 0 ? '_' + std::to_string(attempt) : std::string();
        if (before.size() + name.size() + mark.size() + after.size() > longest) mark = '_' + digest(name) + mark;
        const auto room = longest - before.size() - mark.size() - after.size();
        auto whole = std::string(before) + (name.size() > room ? sql.clip(name, room) : std::string(name)) + mark + std::string(after);
        if (!taken(whole)) return whole;
    }
}

}  // namespace

std::string free_constraint_name(const Scene &scene, const std::string &table, std::string_view before, std::string_view name, std::string_view after)
{
    return free_name(scene.sql, before, name, after, [&](const std::string &whole) {
        const auto id = "constraint:" + table.substr(table.find(':') + 1) + '.' + quote_part(whole);
        return scene.from.contains(id) || scene.to.contains(id);
    });
}

std::string free_relation_name(const Scene &scene, const std::string &schema, std::string_view before, std::string_view name, std::string_view after)
{
    return free_relation_name(scene, KeyNames(scene), schema, before, name, after);
}

std::string free_relation_name(const Scene &scene, const KeyNames &keys, const std::string &schema, std::string_view before, std::string_view name, std::string_view after)
{
    return free_name(scene.sql, before, name, after, [&](const std::string &whole) {
        for (const auto *const facts : {&scene.from, &scene.to}) {
            for (const std::string_view kind : {"table", "foreign_table", "view", "matview", "sequence", "index", "composite", "enum", "domain", "range", "type"}) {
                if (facts->contains(fact_id(kind, {schema, whole}))) return true;
            }
        }
        return keys.has(schema, whole);
    });
}

KeyNames::KeyNames(const Scene &scene)
{
    for (const auto *const facts : {&scene.from, &scene.to}) {
        for (auto at = facts->lower_bound("constraint:"); at != facts->end() && at->first.starts_with("constraint:"); ++at) {
            const auto parts = name_of(at->first);
            names_.insert(mention_key(parts.first(), parts.last()));
        }
    }
}

bool KeyNames::has(const std::string &schema, const std::string &name) const { return names_.contains(mention_key(schema, name)); }

}  // namespace core::repair
