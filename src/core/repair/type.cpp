#include <algorithm>

#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/replacing.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

bool contains(const List &list, const std::string &item) { return std::find(list.begin(), list.end(), item) != list.end(); }

// The labels of one that the other has as well.
List shared(const List &of, const List &with)
{
    List out;
    std::copy_if(of.begin(), of.end(), std::back_inserter(out), [&](const std::string &label) { return contains(with, label); });
    return out;
}

// That labels are others at the same places does not say that they were renamed: rows with the old ones are told to have
// the new ones only where somebody did just that.
bool only_renamed(const Scene &scene, const Fact &from, const Fact &to)
{
    return scene.relabelled.contains(to.id) && list_of(from, "labels").size() == list_of(to, "labels").size();
}

// Labels that change names with each other have others for a while.
void rename_labels(const std::string &name, const Fact &to, const List &before, const List &after, Steps &steps)
{
    List now = before;
    const auto rename = [&](std::size_t i, const std::string &label) {
        add_step(steps, to, "ALTER TYPE " + name + " RENAME VALUE " + literal(now[i]) + " TO " + literal(label)).detail = "Rows with the label have the new one.";
        now[i] = label;
    };
    for (std::size_t i = 0; i < now.size(); ++i) {
        if (before[i] != after[i] && contains(after, before[i])) rename(i, "lcg_old_" + std::to_string(i));
    }
    for (std::size_t i = 0; i < now.size(); ++i) {
        if (now[i] != after[i]) rename(i, after[i]);
    }
}

}  // namespace

bool can_extend_enum(const Scene &scene, const Fact &from, const Fact &to)
{
    const auto &before = list_of(from, "labels");
    return only_renamed(scene, from, to) || shared(list_of(to, "labels"), before) == before;
}

void make_enum(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto name = plain_name(sql, to);
    const auto &after = list_of(to, "labels");
    if (from == nullptr) {
        std::string labels;
        for (const auto &label : after) labels += (labels.empty() ? "" : ", ") + literal(label);
        add_step(steps, to, "CREATE TYPE " + name + " AS ENUM (" + labels + ')');
        return;
    }
    const auto &before = list_of(*from, "labels");
    if (before == after) return;
    if (only_renamed(scene, *from, to)) {
        rename_labels(name, to, before, after, steps);
        return;
    }
    // A new label can be used only after the commit of the transaction that adds it.
    for (std::size_t i = 0; i < after.size(); ++i) {
        if (contains(before, after[i])) continue;
        auto command = "ALTER TYPE " + name + " ADD VALUE " + literal(after[i]);
        if (i > 0) {
            command += " AFTER " + literal(after[i - 1]);
        } else if (!before.empty()) {
            command += " BEFORE " + literal(before.front());
        }
        add_step(steps, to, std::move(command)).setting = Setting::apart;
    }
}

void make_domain(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    if (from == nullptr) {
        auto command = "CREATE DOMAIN " + plain_name(sql, to) + " AS " + text_of(to, "type");
        if (has(to, "collation")) command += " COLLATE " + sql.name(std::string_view(text_of(to, "collation")));
        if (has(to, "default")) command += " DEFAULT " + text_of(to, "default");
        if (flag_of(to, "not_null")) command += " NOT NULL";
        add_step(steps, to, std::move(command));
        return;
    }
    const auto alter = "ALTER " + target(sql, to);
    if (differs(from, to, "default")) add_step(steps, to, alter + (has(to, "default") ? " SET DEFAULT " + text_of(to, "default") : std::string(" DROP DEFAULT")));
    if (differs(from, to, "not_null")) {
        auto &step = add_step(steps, to, alter + (flag_of(to, "not_null") ? " SET NOT NULL" : " DROP NOT NULL"), Lock::share);
        step.effect = flag_of(to, "not_null") ? Effect::scans : Effect::weakens;
    }
}

void make_composite(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (from != nullptr) return;
    std::string attributes;
    for (const auto *const attribute : columns_of(scene.to, to.id)) {
        attributes += (attributes.empty() ? "" : ", ") + own_name(scene.sql, *attribute) + ' ' + text_of(*attribute, "type");
        if (has(*attribute, "collation")) attributes += " COLLATE " + scene.sql.name(std::string_view(text_of(*attribute, "collation")));
    }
    add_step(steps, to, "CREATE TYPE " + plain_name(scene.sql, to) + " AS (" + attributes + ')');
    for (const auto *const attribute : columns_of(scene.to, to.id)) {
        Fact made = *attribute;
        made.payload.erase("comment");
        add_common(scene, &made, *attribute, steps);
    }
}

void make_attribute(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto alter = "ALTER TYPE " + whole_of(sql, to);
    auto type = text_of(to, "type");
    if (has(to, "collation")) type += " COLLATE " + sql.name(std::string_view(text_of(to, "collation")));
    if (from == nullptr) {
        add_step(steps, to, alter + " ADD ATTRIBUTE " + own_name(sql, to) + ' ' + type, Lock::access_exclusive);
    } else if (differs(from, to, "type") || differs(from, to, "collation")) {
        add_step(steps, to, alter + " ALTER ATTRIBUTE " + own_name(sql, to) + " TYPE " + type, Lock::access_exclusive).rule = "R01";
    }
}

void make_range(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    if (from != nullptr) return;
    const auto &sql = scene.sql;
    std::string options = "SUBTYPE = " + text_of(to, "subtype");
    const auto add = [&](std::string_view word, std::string_view attribute) {
        if (has(to, attribute)) options += ", " + std::string(word) + " = " + sql.name(std::string_view(text_of(to, attribute)));
    };
    add("SUBTYPE_OPCLASS", "subtype_opclass");
    add("COLLATION", "collation");
    add("CANONICAL", "canonical");
    add("SUBTYPE_DIFF", "subtype_diff");
    add("MULTIRANGE_TYPE_NAME", "multirange");
    add_step(steps, to, "CREATE TYPE " + plain_name(sql, to) + " AS RANGE (" + options + ')');
    if (has(to, "canonical")) steps.back().detail = "Its canonical function takes the type itself: create a shell type and the function first.";
}

void make_base_type(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto name = plain_name(sql, to);
    if (flag_of(to, "shell")) {
        if (from == nullptr) add_step(steps, to, "CREATE TYPE " + name);
        return;
    }
    const auto function = [&](std::string_view word, std::string_view attribute) {
        return has(to, attribute) ? ", " + std::string(word) + " = " + sql.bare_name(text_of(to, attribute)) : std::string();
    };
    if (from != nullptr && !flag_of(*from, "shell")) {
        std::string changes;
        const auto alter = [&](std::string_view word, std::string_view attribute) {
            if (differs(from, to, attribute)) changes += (has(to, attribute) ? function(word, attribute) : ", " + std::string(word) + " = NONE");
        };
        alter("RECEIVE", "receive");
        alter("SEND", "send");
        alter("TYPMOD_IN", "modifier_input");
        alter("TYPMOD_OUT", "modifier_output");
        alter("ANALYZE", "analyze");
        alter("SUBSCRIPT", "subscript");
        if (differs(from, to, "storage")) changes += ", STORAGE = " + text_of(to, "storage");
        if (!changes.empty()) add_step(steps, to, "ALTER TYPE " + name + " SET (" + changes.substr(2) + ')');
        return;
    }
    if (from == nullptr) add_step(steps, to, "CREATE TYPE " + name).detail = "A shell, which the type's functions need; they come before the type itself.";
    auto options = function("INPUT", "input").substr(2) + function("OUTPUT", "output") + function("RECEIVE", "receive") + function("SEND", "send") +
                   function("TYPMOD_IN", "modifier_input") + function("TYPMOD_OUT", "modifier_output") + function("ANALYZE", "analyze") + function("SUBSCRIPT", "subscript");
    const auto length = number_of(to, "length").value_or(-1);
    options += ", INTERNALLENGTH = " + (length < 0 ? std::string("VARIABLE") : std::to_string(length));
    if (flag_of(to, "by_value")) options += ", PASSEDBYVALUE";
    options += ", ALIGNMENT = " + text_of(to, "alignment") + ", STORAGE = " + text_of(to, "storage") + ", CATEGORY = " + literal(text_of(to, "category"));
    if (flag_of(to, "preferred")) options += ", PREFERRED = true";
    if (has(to, "default")) options += ", DEFAULT = " + literal(text_of(to, "default"));
    if (has(to, "element")) options += ", ELEMENT = " + text_of(to, "element");
    if (has(to, "delimiter")) options += ", DELIMITER = " + literal(text_of(to, "delimiter"));
    if (flag_of(to, "collatable")) options += ", COLLATABLE = true";
    add_step(steps, to, "CREATE TYPE " + name + " (" + options + ')').late = true;
}

}  // namespace core::repair
