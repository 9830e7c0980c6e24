#include "core/repair/renaming.hpp"

#include <algorithm>

#include "core/drift_scope.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/mentions.hpp"
#include "core/repair/name_texts.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

bool is_part(std::string_view kind)
{
    return kind == "column" || kind == "attribute" || kind == "constraint" || kind == "trigger" || kind == "rule" || kind == "policy";
}

// "a.b" of "table:a.b".
std::string_view name_in(std::string_view id) { return id.substr(id.find(':') + 1); }

std::string joined(const std::vector<std::string> &parts)
{
    std::string out;
    for (const auto &part : parts) out += (out.empty() ? "" : ".") + quote_part(part);
    return out;
}

// Kinds whose names are taken from one store: of relations, of types, or of both.
constexpr std::string_view relations[] = {"table", "foreign_table", "view", "matview", "sequence", "index", "composite"};
constexpr std::string_view types[] = {"table", "foreign_table", "view", "matview", "composite", "enum", "domain", "range", "type"};

template <std::size_t Count>
bool is_among(const std::string_view (&kinds)[Count], std::string_view kind)
{
    return std::find(std::begin(kinds), std::end(kinds), kind) != std::end(kinds);
}

// The ids that are taken, while names move.
class Taken {
  public:
    explicit Taken(const FactMap &facts) : facts_(facts) {}

    // The id of what has the name that an id is about to take; empty for nothing.
    std::string by(const std::string &id) const
    {
        if (has(id)) return id;
        const std::string_view kind = std::string_view(id).substr(0, id.find(':'));
        const auto same_store = [&](const auto &kinds) -> std::string {
            if (!is_among(kinds, kind)) return {};
            for (const auto other : kinds) {
                auto there = std::string(other) + id.substr(kind.size());
                if (has(there)) return there;
            }
            return {};
        };
        auto found = same_store(relations);
        return found.empty() ? same_store(types) : found;
    }
    void move(const std::string &from, const std::string &to)
    {
        if (come_.erase(from) == 0) gone_.insert(from);
        if (gone_.erase(to) == 0) come_.insert(to);
    }

  private:
    bool has(const std::string &id) const { return come_.contains(id) || (facts_.contains(id) && !gone_.contains(id)); }

    const FactMap &facts_;
    std::set<std::string> come_;
    std::set<std::string> gone_;
};

// The same place with a name that nothing has.
std::string free_id(const Taken &taken, const std::string &id)
{
    const auto name = name_of(id);
    const std::size_t own = is_part(name.kind) ? name.parts.size() - 1 : std::min<std::size_t>(name.parts.size() - 1, 1);
    for (int i = 1;; ++i) {
        auto parts = name.parts;
        parts[own] = "lcg_renamed_" + std::to_string(i);
        auto free = name.kind + ':' + joined(parts) + (name.arguments.empty() ? "" : '(' + name.arguments + ')');
        if (taken.by(free).empty()) return free;
    }
}

// What is renamed, each from where it is to where it then is: of a part the whole keeps its name of before, of an
// object the schema.
std::vector<Rename> in_their_places(const std::vector<Rename> &renames)
{
    std::unordered_map<std::string, std::string> schema_was;
    for (const auto &rename : renames) {
        if (name_of(rename.from).kind == "schema") schema_was.emplace(name_of(rename.to).last(), name_of(rename.from).last());
    }
    std::vector<Rename> placed;
    for (auto rename : renames) {
        const auto before = name_of(rename.from);
        const auto after = name_of(rename.to);
        if (before.parts.empty() || after.parts.empty()) continue;
        if (is_part(before.kind)) {
            auto parts = before.parts;
            parts.back() = after.last();
            rename.to = before.kind + ':' + joined(parts);
        } else if (before.parts.size() >= 2 && after.parts.size() >= 2) {
            const auto was = schema_was.find(after.part(0));
            if (was != schema_was.end()) rename.to = before.kind + ':' + quote_part(was->second) + rename.to.substr(before.kind.size() + 1 + quote_part(after.part(0)).size());
        }
        if (rename.from != rename.to) placed.push_back(std::move(rename));
    }
    return placed;
}

}  // namespace

Renaming::Level Renaming::level_of(std::string_view kind)
{
    return is_part(kind) ? Level::part : kind == "schema" ? Level::schema : Level::object;
}

Renaming::Renaming(const Dialect &sql, const FactMap &facts, const std::vector<Rename> &renames) : sql_(sql), facts_(facts)
{
    std::vector<Move> levels[3];
    for (auto &rename : in_their_places(renames)) {
        const auto found = facts.find(rename.from);
        if (found == facts.end()) continue;
        levels[static_cast<int>(level_of(found->second.kind))].push_back({rename.from, rename.from, std::move(rename.to)});
    }
    for (auto &moves : levels) rename_level(facts, std::move(moves));
}

void Renaming::rename_level(const FactMap &facts, std::vector<Move> moves)
{
    if (moves.empty()) return;
    // What follows its table is given its own name before the table goes elsewhere.
    std::stable_partition(moves.begin(), moves.end(), [this, &facts](const Move &move) { return follows(facts.at(move.first)); });
    Taken taken(facts);
    const auto go = [&](Move &move, const std::string &to) {
        take_step(facts.at(move.first), move.now, to);
        taken.move(move.now, to);
        move.now = to;
    };
    std::vector<Move *> waiting;
    for (auto &move : moves) waiting.push_back(&move);
    std::vector<Move> made_way;
    while (!waiting.empty()) {
        const auto before = waiting.size();
        std::vector<Move *> left;
        for (auto *const move : waiting) {
            if (taken.by(move->to).empty() || taken.by(move->to) == move->now) go(*move, move->to);
            else left.push_back(move);
        }
        waiting = std::move(left);
        if (waiting.empty() || waiting.size() < before) continue;
        // All wait for each other, or for what has no other name to take.
        const auto there = taken.by(waiting.front()->to);
        const auto other = std::find_if(waiting.begin(), waiting.end(), [&there](const Move *move) { return move->now == there; });
        const auto free = free_id(taken, there);
        if (other != waiting.end()) {
            go(**other, free);
        } else if (facts.contains(there)) {
            Move way{there, there, free};
            go(way, free);
            made_way.push_back(std::move(way));
        } else {
            waiting.erase(waiting.begin());
        }
    }
    moves.insert(moves.end(), made_way.begin(), made_way.end());
    keep(level_of(facts.at(moves.front().first).kind), moves);
}

// Whether the schema is that of the table it belongs to.
bool Renaming::follows(const Fact &fact) const { return fact.kind == "index" || (fact.kind == "sequence" && has(fact, "owned_by")); }

void Renaming::take_step(const Fact &fact, const std::string &now, const std::string &to)
{
    const auto before = name_of(now);
    const auto after = name_of(to);
    auto named = fact;
    named.id = now;
    if (is_part(fact.kind)) {
        const auto whole = facts_.find(fact.parent);
        // The command for the parent, or for the type, reaches it.
        if (has(fact, "inherited") || (whole != facts_.end() && has(whole->second, "of_type") && fact.kind == "column")) return;
        const auto own = own_name(sql_, named);
        const auto command = fact.kind == "column"       ? alter_relation(sql_, named) + " RENAME COLUMN " + own + " TO "
                             : fact.kind == "attribute"  ? "ALTER TYPE " + whole_of(sql_, named) + " RENAME ATTRIBUTE " + own + " TO "
                             : fact.kind == "constraint" ? alter_relation(sql_, named) + " RENAME CONSTRAINT " + own + " TO "
                                                         : "ALTER " + target(sql_, named) + " RENAME TO ";
        const std::string_view end = fact.kind == "attribute" ? " CASCADE" : "";
        add_step(steps_, named, command + sql_.quote(after.last()) + std::string(end), Lock::access_exclusive);
        return;
    }
    const bool in_schema = before.parts.size() >= 2 && after.parts.size() >= 2;
    if (in_schema && before.first() != after.first()) {
        if (!follows(fact)) add_step(steps_, named, "ALTER " + target(sql_, named) + " SET SCHEMA " + sql_.quote(after.first()), Lock::access_exclusive);
        if (!follows(fact)) named.id = fact.kind + ':' + quote_part(after.first()) + now.substr(fact.kind.size() + 1 + quote_part(before.first()).size());
    }
    // Operator classes have their access method behind the name.
    const auto own = in_schema ? std::size_t{1} : std::size_t{0};
    if (before.part(own) != after.part(own)) add_step(steps_, named, "ALTER " + target(sql_, named) + " RENAME TO " + sql_.quote(after.part(own)), Lock::access_exclusive);
}

// What became of the names of one level.
void Renaming::keep(Level level, const std::vector<Move> &done)
{
    for (const auto &move : done) {
        const auto before = name_of(move.first);
        const auto after = name_of(move.now);
        if (level == Level::schema) {
            schemas_.emplace(quote_part(before.last()), quote_part(after.last()));
            continue;
        }
        ids_.emplace(move.first, move.now);
        if (level == Level::part) continue;
        const auto whole = [](const Name &name) { return joined({name.parts.begin(), name.parts.begin() + std::min<std::ptrdiff_t>(2, std::ssize(name.parts))}); };
        if (before.arguments.empty()) wholes_.emplace(whole(before), whole(after));
        if (before.parts.size() >= 2 && after.parts.size() >= 2) words_.emplace(mention_key(before.part(0), before.part(1)), std::pair(after.part(0), after.part(1)));
    }
}

std::string Renaming::id(std::string_view id) const
{
    std::string now(id);
    if (const auto part = ids_.find(now); part != ids_.end()) now = part->second;
    const bool own = now != id;
    if (!wholes_.empty() && (!own || is_part(name_of(now).kind))) {
        const auto kind = now.substr(0, now.find(':') + 1);
        const std::string name(name_in(now));
        std::string_view rest;
        auto parts = take_name(name, rest);
        const std::ptrdiff_t words = schema_of(now) ? 2 : 1;
        const auto whole = std::ssize(parts) > words ? wholes_.find(joined({parts.begin(), parts.begin() + words})) : wholes_.end();
        if (whole != wholes_.end()) {
            parts.erase(parts.begin(), parts.begin() + words);
            now = kind + whole->second + '.' + joined(parts) + std::string(rest);
        }
    }
    // Types among arguments.
    if (const auto open = now.find('('); !own && open != std::string::npos) now = now.substr(0, open) + in_text(now.substr(open));
    if (schemas_.empty()) return now;
    const auto schema = schema_of(now);
    const auto found = schema ? schemas_.find(std::string(*schema)) : schemas_.end();
    if (found != schemas_.end()) now.replace(static_cast<std::size_t>(schema->data() - now.data()), schema->size(), found->second);
    return now;
}

std::string Renaming::in_text(std::string_view text) const
{
    return with_names(text, [this](std::vector<std::string> &parts) {
        if (parts.size() < 2) return false;
        const auto word = words_.find(mention_key(parts[0], parts[1]));
        if (word != words_.end()) std::tie(parts[0], parts[1]) = word->second;
        const auto schema = schemas_.find(quote_part(parts[0]));
        if (schema != schemas_.end()) {
            std::string_view rest;
            parts[0] = take_name(schema->second, rest).front();
        }
        return word != words_.end() || schema != schemas_.end();
    });
}

Fact Renaming::renamed(Fact fact) const
{
    const auto not_null = not_null_name(fact, sql_.usual_not_null_name);
    fact.id = id(fact.id);
    if (!fact.parent.empty()) fact.parent = id(fact.parent);
    if (not_null) keep_not_null_name(fact, *not_null, sql_.usual_not_null_name);
    if (words_.empty() && schemas_.empty()) return fact;
    for (auto &[attribute, value] : fact.payload) {
        if (!has_names(attribute)) continue;
        if (auto *const text = std::get_if<std::string>(&value)) *text = in_text(*text);
        if (auto *const list = std::get_if<List>(&value)) {
            for (auto &item : *list) item = in_text(item);
        }
    }
    return fact;
}

FactMap Renaming::facts(const FactMap &facts) const
{
    FactMap now;
    for (const auto &[id, fact] : facts) {
        if (sql_.check_for_interrupts) sql_.check_for_interrupts();
        auto after = renamed(fact);
        auto after_id = after.id;
        now.emplace(std::move(after_id), std::move(after));
    }
    return now;
}

FactMap renamed(const Dialect &sql, const FactMap &facts, const std::vector<Rename> &renames, Steps &steps)
{
    const Renaming renaming(sql, facts, renames);
    steps.insert(steps.end(), renaming.steps().begin(), renaming.steps().end());
    return renaming.facts(facts);
}

}  // namespace core::repair
