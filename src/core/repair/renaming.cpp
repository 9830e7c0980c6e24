#include "core/repair/renaming.hpp"

#include <algorithm>

#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

bool is_part(std::string_view kind)
{
    return kind == "column" || kind == "attribute" || kind == "constraint" || kind == "trigger" || kind == "rule" || kind == "policy";
}

void add_commands(const Dialect &sql, const Fact &fact, const Rename &rename, Steps &steps)
{
    const auto before = name_of(rename.from);
    const auto after = name_of(rename.to);
    if (before.parts.empty() || after.parts.empty()) return;
    const auto new_name = sql.quote(after.last());
    if (is_part(fact.kind)) {
        if (before.last() == after.last()) return;
        const auto own = own_name(sql, fact);
        const auto command = fact.kind == "column"       ? alter_relation(sql, fact) + " RENAME COLUMN " + own + " TO "
                             : fact.kind == "attribute"  ? "ALTER TYPE " + whole_of(sql, fact) + " RENAME ATTRIBUTE " + own + " TO "
                             : fact.kind == "constraint" ? alter_relation(sql, fact) + " RENAME CONSTRAINT " + own + " TO "
                                                         : "ALTER " + target(sql, fact) + " RENAME TO ";
        add_step(steps, fact, command + new_name, Lock::access_exclusive);
        return;
    }
    // Operator classes have their access method behind the name.
    const bool schema_qualified = before.parts.size() >= 2 && after.parts.size() >= 2;
    auto moved = fact;
    if (schema_qualified && before.first() != after.first()) {
        add_step(steps, fact, "ALTER " + target(sql, fact) + " SET SCHEMA " + sql.quote(after.first()), Lock::access_exclusive);
        moved.id = fact.kind + ':' + quote_part(after.first()) + '.' + quote_part(before.part(1));
        if (!before.arguments.empty()) moved.id += '(' + before.arguments + ')';
    }
    const auto index = schema_qualified ? std::size_t{1} : std::size_t{0};
    if (before.part(index) != after.part(index)) add_step(steps, moved, "ALTER " + target(sql, moved) + " RENAME TO " + sql.quote(after.part(index)), Lock::access_exclusive);
}

// "a.b." of "a.b": what names of parts begin with.
std::string_view name_in(std::string_view id) { return id.substr(id.find(':') + 1); }

// The id with the old name at its start replaced by the new one; whole or followed by a dot.
void replace_start(std::string &id, const Rename &rename)
{
    const auto colon = id.find(':') + 1;
    const auto old_name = name_in(rename.from);
    const auto rest = std::string_view(id).substr(colon);
    if (id == rename.from) {
        id = rename.to;
        return;
    }
    if (rest.size() > old_name.size() && rest.starts_with(old_name) && rest[old_name.size()] == '.') {
        id = id.substr(0, colon) + std::string(name_in(rename.to)) + std::string(rest.substr(old_name.size()));
    }
}

// Names in a text, which stand with their schemas, and columns that stand with their table's.
std::string replace_in_text(std::string_view text, const Name &before, const Name &after)
{
    std::string out;
    while (!text.empty()) {
        const char c = text.front();
        if (!begins_name(c)) {
            out += c;
            text.remove_prefix(1);
            continue;
        }
        std::string_view rest;
        auto parts = take_name(text, rest);
        const auto taken = text.substr(0, text.size() - rest.size());
        bool changed = false;
        if (before.parts.size() == 1 && parts.size() >= 2 && parts[0] == before.part(0)) {
            parts[0] = after.part(0);
            changed = true;
        } else if (before.parts.size() == 2 && parts.size() >= 2 && parts[0] == before.part(0) && parts[1] == before.part(1)) {
            parts[0] = after.part(0);
            parts[1] = after.part(1);
            changed = true;
        } else if (before.parts.size() == 2 && parts.size() == 2 && parts[0] == before.part(1)) {
            parts[0] = after.part(1);
            changed = true;
        }
        if (changed) {
            std::string name;
            for (const auto &part : parts) name += (name.empty() ? "" : ".") + quote_part(part);
            out += name;
        } else {
            out += taken;
        }
        text = taken.empty() ? text.substr(1) : rest;
    }
    return out;
}

void rename_in(Fact &fact, const Rename &rename)
{
    replace_start(fact.id, rename);
    if (!fact.parent.empty()) replace_start(fact.parent, rename);
    const auto before = name_of(rename.from);
    const auto after = name_of(rename.to);
    if (is_part(before.kind)) return;
    for (auto &[attribute, value] : fact.payload) {
        if (attribute == "body" || attribute == "comment") continue;
        if (auto *const text = std::get_if<std::string>(&value)) *text = replace_in_text(*text, before, after);
        if (auto *const list = std::get_if<List>(&value)) {
            for (auto &item : *list) item = replace_in_text(item, before, after);
        }
    }
}

// Parts are renamed where they are, then objects within their schemas, then schemas: each by the name that it has then.
int order_of(const Rename &rename)
{
    const auto kind = name_of(rename.from).kind;
    return is_part(kind) ? 0 : kind == "schema" ? 2 : 1;
}

std::vector<Rename> in_order(const std::vector<Rename> &renames)
{
    std::vector<Rename> ordered = renames;
    std::stable_sort(ordered.begin(), ordered.end(), [](const Rename &left, const Rename &right) { return order_of(left) < order_of(right); });
    const auto schema_becomes = [&renames](const std::string &schema) {
        for (const auto &rename : renames) {
            if (rename.from == fact_id("schema", {schema})) return name_of(rename.to).last();
        }
        return schema;
    };
    for (auto &rename : ordered) {
        const auto before = name_of(rename.from);
        const auto after = name_of(rename.to);
        if (is_part(before.kind)) {
            auto parts = before.parts;
            parts.back() = after.last();
            rename.to = before.kind + ':';
            for (const auto &part : parts) rename.to += (rename.to.back() == ':' ? "" : ".") + quote_part(part);
        } else if (before.parts.size() >= 2 && after.parts.size() >= 2 && schema_becomes(before.part(0)) == after.part(0) && before.part(0) != after.part(0)) {
            rename.to = before.kind + ':' + quote_part(before.part(0)) + rename.to.substr(before.kind.size() + 1 + quote_part(after.part(0)).size());
        }
    }
    return ordered;
}

}  // namespace

FactMap renamed(const Dialect &sql, const FactMap &facts, const std::vector<Rename> &renames, Steps &steps)
{
    FactMap now = facts;
    for (const auto &rename : in_order(renames)) {
        const auto found = now.find(rename.from);
        if (found == now.end() || rename.from == rename.to || now.contains(rename.to)) continue;
        add_commands(sql, found->second, rename, steps);
        FactMap next;
        for (auto &[id, fact] : now) {
            const auto not_null = not_null_name(fact, sql.usual_not_null_name);
            rename_in(fact, rename);
            if (not_null) keep_not_null_name(fact, *not_null, sql.usual_not_null_name);
            auto new_id = fact.id;
            next.emplace(std::move(new_id), std::move(fact));
        }
        now = std::move(next);
    }
    return now;
}

}  // namespace core::repair
