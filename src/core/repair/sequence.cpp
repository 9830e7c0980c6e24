#include "core/repair/makers.hpp"
#include "core/repair/reading.hpp"
#include "core/repair/target.hpp"

#include "core/cpp_only.hpp"

namespace core::repair {

std::string sequence_parameters(const Fact *from, const Fact &to, std::string_view prefix)
{
    struct Parameter {
        std::string_view name;
        std::string_view words;
    };
    constexpr Parameter parameters[] = {{"increment", "INCREMENT BY "}, {"min", "MINVALUE "}, {"max", "MAXVALUE "}, {"start", "START WITH "}, {"cache", "CACHE "}};
    std::string out;
    const auto add = [&out](const std::string &text) { out += (out.empty() ? "" : " ") + text; };
    for (const auto &parameter : parameters) {
        const auto attribute = std::string(prefix) + std::string(parameter.name);
        const auto number = number_of(to, attribute);
        if (number && differs(from, to, attribute)) add(std::string(parameter.words) + std::to_string(*number));
    }
    const auto cycle = std::string(prefix) + "cycle";
    if (differs(from, to, cycle)) add(flag_of(to, cycle) ? "CYCLE" : "NO CYCLE");
    return out;
}

namespace {

bool is_narrower(const Fact &from, const Fact &to, const std::string &prefix)
{
    const auto max = number_of(to, prefix + "max");
    const auto min = number_of(to, prefix + "min");
    return (max && max < number_of(from, prefix + "max")) || (min && min > number_of(from, prefix + "min"));
}

// The server does not take limits that leave out the last value.
void restart_within(const Scene &scene, const Fact &from, const Fact &to, const std::string &prefix, Step &step)
{
    if (!is_narrower(from, to, prefix)) return;
    const auto last = scene.last_values.find(to.id);
    if (last == scene.last_values.end()) {
        step.detail = "Fails while the last value is outside of the new limits: then add RESTART WITH a value that was not given yet.";
        return;
    }
    const bool inside = last->second <= number_of(to, prefix + "max").value_or(last->second) && last->second >= number_of(to, prefix + "min").value_or(last->second);
    const auto start = number_of(to, prefix + "start");
    if (inside || !start) return;
    step.command += " RESTART WITH " + std::to_string(*start);
    const auto value = std::to_string(last->second);
    const bool ascends = number_of(to, prefix + "increment").value_or(1) > 0;
    const bool jumps = ascends ? *start > last->second : *start < last->second;
    step.effect = jumps ? Effect::none : Effect::loses_data;
    step.detail = "Its last value, " + value + ", is outside of the new limits: it " + (jumps ? "goes on from the start." : "starts anew, and may give numbers that it gave before.");
}

}  // namespace

void alter_sequence(const Scene &scene, const Fact &from, const Fact &to, const std::string &prefix, const std::string &name, Steps &steps)
{
    std::string change;
    if (differs(&from, to, prefix + "type")) change = "AS " + text_of(to, prefix + "type");
    // A new type may bring new limits: all of them are written then.
    const auto parameters = sequence_parameters(change.empty() ? &from : nullptr, to, prefix);
    const bool ceases = !change.empty() && flag_of(from, prefix + "cycle") && !has(to, prefix + "cycle");
    if (!parameters.empty()) change += (change.empty() ? "" : " ") + parameters;
    if (ceases) change += " NO CYCLE";
    if (change.empty()) return;
    auto &step = add_step(steps, to, "ALTER SEQUENCE " + name + ' ' + change, Lock::share_row_exclusive);
    restart_within(scene, from, to, prefix, step);
}

void make_sequence(const Scene &scene, const Fact *from, const Fact &to, Steps &steps)
{
    const auto &sql = scene.sql;
    const auto name = sql.name(name_of(to.id).parts);
    const bool unlogged = text_of(to, "persistence") == "unlogged";
    if (from == nullptr) {
        const auto type = text_of(to, "type");
        add_step(steps, to, std::string("CREATE ") + (unlogged ? "UNLOGGED " : "") + "SEQUENCE " + name + (type.empty() || type == "bigint" ? "" : " AS " + type) + ' ' +
                                sequence_parameters(nullptr, to, ""));
    } else {
        if (differs(from, to, "persistence")) add_step(steps, to, "ALTER SEQUENCE " + name + (unlogged ? " SET UNLOGGED" : " SET LOGGED"), Lock::access_exclusive);
        alter_sequence(scene, *from, to, "", name, steps);
    }
    if (differs(from, to, "owned_by")) {
        const auto owner = text_of(to, "owned_by");
        // It would go with the column that owned it.
        const bool leaves = from != nullptr && has(*from, "owned_by");
        if (leaves && !owner.empty()) add_step(steps, to, "ALTER SEQUENCE " + name + " OWNED BY NONE", Lock::share_row_exclusive);
        auto &step = add_step(steps, to, "ALTER SEQUENCE " + name + " OWNED BY " + (owner.empty() ? "NONE" : sql.name(std::string_view(owner))), Lock::share_row_exclusive);
        step.late = !owner.empty();
    }
}

}  // namespace core::repair
