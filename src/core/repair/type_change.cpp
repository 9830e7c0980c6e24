#include "core/repair/type_change.hpp"

#include "core/repair/kept_values.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

void set_effect(Kept kept, const std::string &to, Step &step)
{
    if (kept == Kept::not_known) {
        step.effect = Effect::loses_data;
        step.rule = "D22";
        step.detail = "Values that " + to + " cannot hold are cut, rounded or read in another way, or make the command fail.";
        return;
    }
    step.effect = Effect::rewrites;
    step.rule = "R01";
    if (kept == Kept::all_or_fails) {
        step.detail = "Fails while rows hold a value that " + to + " does not have.";
        return;
    }
    step.detail = "Rewrites the table under a lock that keeps readers out.  On a big table rather add a column of the new type, fill it in parts, and take its place.";
}

bool is_foreign(const Fact &column) { return column.parent.starts_with("foreign_table:"); }

// What the guard calls a narrower type.
bool narrows(const ColumnType &from, const ColumnType &to)
{
    const auto is_whole = [](const std::string &name) { return is_integer(name) || name == "numeric"; };
    return (is_text(from.name) && is_text(to.name)) || (is_whole(from.name) && is_whole(to.name));
}

}  // namespace

std::string using_clause(const Scene &scene, const Fact &column, const std::string &from, const std::string &to)
{
    const auto before = column_type(scene.from, from);
    const auto after = column_type(scene.to, to);
    // Neither foreign tables nor computed columns take the words.
    if (is_assignable(scene, before, after) || is_foreign(column) || has(column, "generated")) return {};
    // Types of users and arrays are seldom cast to others, but all have a text.
    const bool of_user = before.name.find('.') != std::string::npos || after.name.find('.') != std::string::npos;
    const bool no_cast = !of_user && scene.sql.casts && !scene.sql.casts(from, to);
    const bool through_text = of_user || no_cast || before.domain || before.array != after.array;
    // Of what a cast gives the server itself takes only what fits.
    return " USING " + own_name(scene.sql, column) + (through_text ? "::text" : "") + "::" + (after.name == "bit" ? to : after.unmodified());
}

void judge_type_change(const Scene &scene, const Fact &column, const std::string &from, const std::string &to, Step &step)
{
    const auto before = column_type(scene.from, from);
    const auto after = column_type(scene.to, to);
    const auto kept = kept_values(scene, before, after);
    if (kept == Kept::all && stays_in_place(before, after)) {
        step.rule = "R16";
        return;
    }
    set_effect(kept, "type " + to, step);
    if (kept == Kept::all_or_fails) {
        if (narrows(before, after)) step.rule = "D22";
        if (is_text(before.name) && is_text(after.name)) step.detail += "  One that is too long only by blanks at its end loses these.";
    }
    if (is_foreign(column)) {
        step.effect = Effect::none;
        step.detail = "The rows are elsewhere, and stay as they are.";
    } else if (has(column, "generated")) {
        step.effect = Effect::rewrites;
        step.detail = "The values are computed anew.";
    }
}

void judge_new_type(const Scene &scene, const Fact &from, const Fact &to, Step &step)
{
    const bool same_text = text_of(from, "input") == text_of(to, "input") && text_of(from, "output") == text_of(to, "output");
    auto kept = same_text ? Kept::all_or_fails : Kept::not_known;
    if (to.kind == "range") {
        const auto before = column_type(scene.from, text_of(from, "subtype"));
        const auto after = column_type(scene.to, text_of(to, "subtype"));
        // A number with a fraction is no text of an integer.
        const bool integers = before.name == "numeric" && is_integer(after.name);
        const bool known = integers || kept_values(scene, before, after) != Kept::not_known;
        kept = known ? Kept::all_or_fails : Kept::not_known;
    }
    set_effect(kept, "the new type", step);
}

}  // namespace core::repair
