#include "core/renames.hpp"

#include <algorithm>

#include "core/fact_path.hpp"

#include "core/cpp_only.hpp"

namespace core {

const Renames::Node *Renames::find(std::string_view id) const
{
    const auto path = path_of(id);
    const Parts *parts = &parts_;
    const Node *node = nullptr;
    for (std::size_t i = 0; i < path.size; ++i) {
        const auto found = parts->find(path.steps[i].key);
        if (found == parts->end()) return nullptr;
        node = &found->second;
        parts = &node->parts;
    }
    return node;
}

Renames::Node &Renames::make(std::string_view id)
{
    const auto path = path_of(id);
    Parts *parts = &parts_;
    Node *node = nullptr;
    for (std::size_t i = 0; i < path.size; ++i) {
        node = &(*parts)[path.steps[i].key];
        parts = &node->parts;
    }
    return *node;
}

Renames::Node Renames::take(std::string_view id)
{
    if (find(id) == nullptr) return {};
    return std::exchange(make(id), Node{});
}

// What is known of the same part in both: "into" was learnt later in the way back.
void Renames::merge(Node &into, Node &&from)
{
    if (!into.now) {
        into.now = std::move(from.now);
        into.gone = from.gone;
        into.displaced = from.displaced;
    }
    for (auto &[key, part] : from.parts) merge(into.parts[key], std::move(part));
}

Renames::Present Renames::present(std::string_view id) const
{
    const auto path = path_of(id);
    const Parts *parts = &parts_;
    Present result;
    std::string name;
    for (std::size_t i = 0; i < path.size; ++i) {
        const bool last = i + 1 == path.size;
        const Node *node = nullptr;
        if (parts != nullptr) {
            const auto found = parts->find(path.steps[i].key);
            if (found != parts->end()) node = &found->second;
        }
        if (i > 0) name += '.';
        name += path.steps[i].name;
        if (node != nullptr && node->now && (last || !node->displaced)) {
            if (last) {
                if (!result.gone) result.place = fact_key(path.kind, name);
                result.gone = node->gone;
                result.renamed = !node->gone && *node->now != result.place;
                result.id = *node->now;
                return result;
            }
            name = object_of(*node->now);
            result.gone = node->gone;
        }
        parts = node != nullptr ? &node->parts : nullptr;
    }
    result.id = fact_key(path.kind, name);
    if (!result.gone) result.place = result.id;
    return result;
}

void Renames::append(std::string &out, const Parts &parts)
{
    for (const auto &[name, node] : parts) {
        // Lengths keep names apart whatever is in them.
        const auto add = [&out](std::string_view text) { out += std::to_string(text.size()) + ':' + std::string(text); };
        add(name);
        if (node.now) add(*node.now);
        out += node.gone ? 'g' : '-';
        out += node.displaced ? 'd' : '-';
        out += '(';
        append(out, node.parts);
        out += ')';
    }
}

std::string Renames::canonical() const
{
    std::string out;
    append(out, parts_);
    for (const auto &[id, only_renamed] : labels_) out += std::to_string(id.size()) + ':' + id + (only_renamed ? '+' : '-');
    return out;
}

bool Renames::labels_renamed(std::string_view id) const
{
    const auto found = labels_.find(id);
    return found != labels_.end() && found->second;
}

Renames::Present Renames::gone(std::int64_t ledger_id, std::string_view id)
{
    return {"gone:" + std::to_string(ledger_id) + ' ' + std::string(id), {}, true, false};
}

void Renames::undo(const NameEvents &row)
{
    for (const auto &[id, renamed] : row.labels) {
        auto &only = labels_.try_emplace(present(id).id, true).first->second;
        only = only && renamed;
    }
    struct Back {
        std::string_view before;
        Present now;
        Node node;
        std::size_t depth;
    };
    std::vector<Back> back;
    back.reserve(row.renamed.size());
    // They happen at once: two columns of one row can change places.
    for (const auto &[before, after] : row.renamed) back.push_back({before, present(after), {}, path_of(before).size});
    for (const auto &added : row.added) take(added);
    for (std::size_t i = 0; i < back.size(); ++i) back[i].node = take(row.renamed[i].second);
    const auto end = [this, &row](std::string_view id, bool displaced) {
        Node &node = make(id);
        node = {};
        node.now = gone(row.ledger_id, id).id;
        node.gone = true;
        node.displaced = displaced;
    };
    for (const auto &renamed : row.renamed) end(renamed.second, true);
    // Wholes come before their parts.
    std::stable_sort(back.begin(), back.end(), [](const Back &left, const Back &right) { return left.depth < right.depth; });
    for (auto &one : back) {
        Node &node = make(one.before);
        node.now = std::move(one.now.id);
        node.gone = one.now.gone;
        node.displaced = false;
        one.node.now.reset();
        merge(node, std::move(one.node));
    }
    for (const auto &removed : row.removed) end(removed, false);
}

RenamedFacts::RenamedFacts(ExpectedSource &source, const Renames &renames, const std::function<std::string(std::string_view)> &key_of, UsualNotNullName usual)
    : source_(source), renames_(renames), usual_(std::move(usual))
{
    while (source_.next()) {
        std::string id(source_.id());
        const auto now = renames_.present(id);
        auto present = present_id(now, id);
        if (present != id) moved_.push_back({key_of(present), std::move(present), std::move(id), now.renamed, source_.place()});
    }
    std::sort(moved_.begin(), moved_.end(), [](const Moved &left, const Moved &right) { return left.key < right.key; });
    source_.rewind();
}

// What is gone is missing in what held it; when that is gone as well, under the name it was registered with.
std::string RenamedFacts::present_id(const Renames::Present &now, std::string_view id)
{
    if (!now.gone) return now.id;
    return now.place.empty() ? std::string(id) : now.place;
}

// The next fact that has kept its name.
bool RenamedFacts::next_in_place()
{
    while (source_.next()) {
        if (present_id(renames_.present(source_.id()), source_.id()) == source_.id()) return true;
    }
    return false;
}

bool RenamedFacts::next()
{
    if (!started_) {
        started_ = true;
        more_ = next_in_place();
    } else if (at_moved_) {
        ++next_moved_;
    } else {
        more_ = next_in_place();
    }
    const bool more_moved = next_moved_ < moved_.size();
    // Of two for one place the ledger knows this one.
    at_moved_ = more_moved && (!more_ || moved_[next_moved_].key <= source_.key());
    return more_moved || more_;
}

std::string_view RenamedFacts::key() const { return at_moved_ ? std::string_view(moved_[next_moved_].key) : source_.key(); }

// A digest is taken over the old name too: what has another one is compared as a whole.
std::string_view RenamedFacts::digest() const { return at_moved_ ? std::string_view() : source_.digest(); }

std::string_view RenamedFacts::registered_id() const { return at_moved_ ? std::string_view(moved_[next_moved_].from) : std::string_view(); }

Fact RenamedFacts::under_present(Fact fact) const
{
    if (fact.parent.empty()) return fact;
    auto parent = renames_.present(fact.parent);
    if (!parent.gone) fact.parent = std::move(parent.id);
    return fact;
}

Fact RenamedFacts::fact() const
{
    if (!at_moved_) return under_present(source_.fact());
    auto registered = source_.fact_at(moved_[next_moved_].place);
    const auto not_null = not_null_name(registered, usual_);
    auto fact = under_present(std::move(registered));
    fact.id = moved_[next_moved_].id;
    if (not_null) keep_not_null_name(fact, *not_null, usual_);
    return fact;
}

}  // namespace core
