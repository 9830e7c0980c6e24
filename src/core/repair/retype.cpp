#include "core/repair/retype.hpp"

#include "core/repair/free_name.hpp"
#include "core/repair/kinds.hpp"
#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"
#include "core/repair/type_change.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

// Columns of tables that have the type, before and after.
struct User {
    const Fact *from;
    const Fact *to;
};

std::vector<User> users_of(const Scene &scene, const Fact &type, const Mentions &mentions, const Changes &changes)
{
    std::vector<User> users;
    for (const auto *const user : mentions.by(type)) {
        const auto wanted = scene.to.find(user->id);
        const bool inherited = flag_of(*user, "inherited");
        if (user->kind != "column" || wanted == scene.to.end() || changes.dropped.contains(user->parent) || inherited) continue;
        const auto whole = scene.from.find(user->parent);
        if (whole == scene.from.end() || whole->second.kind == "view" || whole->second.kind == "matview") continue;
        users.push_back({user, &wanted->second});
    }
    return users;
}

std::string alter_column(const Dialect &sql, const Fact &column) { return alter_relation(sql, column) + " ALTER COLUMN " + own_name(sql, column); }

void drop_default(const Dialect &sql, const Fact &column, Steps &steps)
{
    if (has(column, "default")) add_step(steps, column, alter_column(sql, column) + " DROP DEFAULT", Lock::access_exclusive);
}

// To a type that is another one under the old name.
void convert(const Scene &scene, const User &user, Steps &steps)
{
    const auto before = text_of(*user.from, "type");
    const auto after = text_of(*user.to, "type");
    auto &step = add_step(steps, *user.from, alter_column(scene.sql, *user.from) + " TYPE " + after + using_clause(scene, *user.from, before, after), Lock::access_exclusive);
    judge_type_change(scene, *user.from, before, after, step);
}

void convert_to_text(const Dialect &sql, const Fact &column, Steps &steps)
{
    auto &step = add_step(steps, column, alter_column(sql, column) + " TYPE text", Lock::access_exclusive);
    step.effect = Effect::rewrites;
    step.rule = "R01";
}

void convert_from_text(const Scene &scene, const User &user, const Fact &from, const Fact &to, Steps &steps)
{
    const auto type = text_of(*user.to, "type");
    auto &step = add_step(steps, *user.from, alter_column(scene.sql, *user.from) + " TYPE " + type + " USING " + own_name(scene.sql, *user.from) + "::" + type, Lock::access_exclusive);
    judge_new_type(scene, from, to, step);
}

void set_default(const Dialect &sql, const Fact &column, Steps &steps)
{
    if (has(column, "default")) add_step(steps, column, alter_column(sql, column) + " SET DEFAULT " + text_of(column, "default"), Lock::access_exclusive);
}

void make(const Scene &scene, const Fact &type, Steps &steps)
{
    kind_of(type).make(scene, nullptr, type, steps);
    add_common(scene, nullptr, type, steps);
    // Constraints of a domain come with it.
    for (const auto &[id, fact] : scene.to) {
        if (fact.parent != type.id || fact.kind != "constraint") continue;
        make_constraint(scene, nullptr, fact, steps);
        add_common(scene, nullptr, fact, steps);
    }
}

}  // namespace

// Enums and domains can be put aside under another name; the functions of other types cannot.
void retype(const Scene &scene, const Fact &from, const Fact &to, const Mentions &mentions, const Changes &changes, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto users = users_of(scene, from, mentions, changes);
    const bool aside = from.kind == "enum" || from.kind == "domain";
    auto parts = name_of(from.id).parts;
    const auto drop = [&] {
        auto &step = add_step(steps, from, "DROP " + std::string(from.kind == "domain" ? "DOMAIN " : "TYPE ") + sql.name(parts), Lock::access_exclusive);
        step.rule = "D11";
        step.detail = "Another takes its place.";
    };
    if (aside) {
        parts.back() = free_relation_name(scene, name_of(from.id).first(), "", parts.back(), "_lcg_old");
        add_step(steps, from, "ALTER " + target(sql, from) + " RENAME TO " + sql.quote(parts.back()), Lock::access_exclusive);
        make(scene, to, steps);
        for (const auto &user : users) {
            drop_default(sql, *user.from, steps);
            convert(scene, user, steps);
            set_default(sql, *user.to, steps);
        }
        drop();
        return;
    }
    for (const auto &user : users) {
        drop_default(sql, *user.from, steps);
        convert_to_text(sql, *user.from, steps);
    }
    drop();
    make(scene, to, steps);
    for (const auto &user : users) {
        convert_from_text(scene, user, from, to, steps);
        set_default(sql, *user.to, steps);
    }
}

}  // namespace core::repair
