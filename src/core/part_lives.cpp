#include "core/part_lives.hpp"

#include "core/fact_path.hpp"

#include "core/cpp_only.hpp"

namespace core {

std::size_t PartLives::life_of(const std::string &key)
{
    const auto [found, is_new] = lives_.try_emplace(key, count_);
    if (is_new) ++count_;
    named_[key].insert(found->second);
    return found->second;
}

// What holds the parts is known: their own names tell them apart.
void PartLives::add(const PartEvent &event)
{
    const auto key = part_key(event.fact);
    if (key.empty()) return;
    if (event.op == "added") lives_.erase(key);
    if (!event.old_id.empty()) {
        const auto old_key = part_key(event.old_id);
        const auto life = life_of(old_key);
        lives_.erase(old_key);
        lives_.insert_or_assign(key, life);
    }
    seen_.push_back({life_of(key), event});
    if (event.op == "removed") lives_.erase(key);
}

std::vector<PartLives::Touch> PartLives::of(std::string_view kind, std::string_view name) const
{
    std::set<std::size_t> wanted;
    for (const auto &[key, lives] : named_) {
        const auto colon = key.find(':');
        const std::string_view own_kind = std::string_view(key).substr(0, colon);
        if (std::string_view(key).substr(colon + 1) == name && (kind.empty() || kind == own_kind)) wanted.insert(lives.begin(), lives.end());
    }
    std::vector<Touch> touches;
    std::map<std::pair<std::int64_t, std::size_t>, std::size_t> places;
    for (const auto &one : seen_) {
        if (!wanted.contains(one.life)) continue;
        const auto [found, is_new] = places.try_emplace({one.event.ledger_id, one.life}, touches.size());
        if (is_new) touches.push_back({one.event.ledger_id, one.event.fact, {}});
        touches[found->second].places.push_back(one.event.place);
    }
    return touches;
}

}  // namespace core
