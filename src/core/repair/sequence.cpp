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
        std::string change;
        if (differs(from, to, "type")) change = "AS " + text_of(to, "type");
        // A new type may bring new limits: all of them are written then.
        const auto parameters = sequence_parameters(change.empty() ? from : nullptr, to, "");
        if (!parameters.empty()) change += (change.empty() ? "" : " ") + parameters;
        if (!change.empty()) add_step(steps, to, "ALTER SEQUENCE " + name + ' ' + change, Lock::share_row_exclusive);
    }
    if (differs(from, to, "owned_by")) {
        const auto owner = text_of(to, "owned_by");
        auto &step = add_step(steps, to, "ALTER SEQUENCE " + name + " OWNED BY " + (owner.empty() ? "NONE" : sql.name(std::string_view(owner))), Lock::share_row_exclusive);
        step.late = !owner.empty();
    }
}

}  // namespace core::repair
