// Schemas, extensions, and what belongs to the database as a whole.
#include <algorithm>

#include "core/repair/makers.hpp"
#include "core/repair/options.hpp"
#include "core/repair/privileges.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

std::string role_in_database(const Scene &scene, const Fact &fact)
{
    return "ALTER ROLE " + scene.sql.quote(name_of(fact.id).last()) + " IN DATABASE " + scene.sql.quote(scene.sql.database);
}

// Numbers in versions count as numbers.
bool is_earlier(std::string_view one, std::string_view other)
{
    while (!one.empty() && !other.empty()) {
        const auto number = [](std::string_view &text) {
            const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
            auto digits = text.substr(0, end);
            text.remove_prefix(end);
            while (digits.size() > 1 && digits.front() == '0') digits.remove_prefix(1);
            return digits;
        };
        const auto left = number(one);
        const auto right = number(other);
        if (left != right) return left.size() != right.size() ? left.size() < right.size() : left < right;
        if (one.empty() || other.empty()) break;
        if (one.front() != other.front()) return one.front() < other.front();
        one.remove_prefix(1);
        other.remove_prefix(1);
    }
    return one.empty() && !other.empty();
}

}  // namespace

void make_schema(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (from == nullptr) add_step(steps, to, "CREATE " + target(scene.sql, to));
}

void make_extension(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto what = target(sql, to);
    if (from == nullptr) {
        add_step(steps, to, "CREATE " + what + " SCHEMA " + sql.quote(text_of(to, "schema")) + " VERSION " + literal(text_of(to, "version")));
        return;
    }
    if (differs(from, to, "version") && is_earlier(text_of(to, "version"), text_of(*from, "version"))) {
        add_manual(steps, to, "No extension comes with scripts that lead back to an earlier version: drop it and create it with VERSION " + literal(text_of(to, "version")) + ", if nothing of value is made from it.");
    } else if (differs(from, to, "version")) {
        add_step(steps, to, "ALTER " + what + " UPDATE TO " + literal(text_of(to, "version"))).detail = "The extension must have a script that leads from version " + text_of(*from, "version") + " there.";
    }
    if (differs(from, to, "schema")) add_step(steps, to, "ALTER " + what + " SET SCHEMA " + sql.quote(text_of(to, "schema")), Lock::access_exclusive);
    if (differs(from, to, "dumped_tables")) add_manual(steps, to, "Which tables of an extension are dumped can be said by its script only.");
}

void make_database(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (from == nullptr) return;
    const auto alter = "ALTER " + target(scene.sql, to);
    if (differs(from, to, "connection_limit")) add_step(steps, to, alter + " CONNECTION LIMIT " + std::to_string(number_of(to, "connection_limit").value_or(-1)));
    if (differs(from, to, "template")) add_step(steps, to, alter + " IS_TEMPLATE " + (flag_of(to, "template") ? "true" : "false"));
    add_settings(scene.sql, alter, list_of(*from, "settings"), list_of(to, "settings"), to.id, steps);
}

void make_role_settings(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    static const List none;
    add_settings(scene.sql, role_in_database(scene, to), from != nullptr ? list_of(*from, "settings") : none, list_of(to, "settings"), to.id, steps);
}

void drop_role_settings(const Scene &scene, const Fact &from, Steps &steps) { add_step(steps, from, role_in_database(scene, from) + " RESET ALL"); }

void make_default_privileges(const Scene &scene, const Fact *from, const Fact &to, Steps &steps) { add_default_privileges(scene, from, &to, steps); }

void drop_default_privileges(const Scene &scene, const Fact &from, Steps &steps) { add_default_privileges(scene, &from, nullptr, steps); }

// It is a fact because somebody was given privileges on it: these go, the object stays.
void drop_large_object(const Scene &scene, const Fact &from, Steps &steps)
{
    Fact wanted = from;
    wanted.payload.erase("acl");
    wanted.payload.erase("comment");
    add_privileges(scene, &from, wanted, "acl", steps);
}

}  // namespace core::repair
