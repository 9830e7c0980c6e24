#include "core/repair/options.hpp"

#include <algorithm>

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

std::pair<std::string, std::string> split(const std::string &option)
{
    const auto equals = option.find('=');
    if (equals == std::string::npos) return {option, {}};
    return {option.substr(0, equals), option.substr(equals + 1)};
}

bool is_hidden(std::string_view value) { return value.starts_with("<hidden"); }

Step step_of(std::string command, const std::string &fact)
{
    Step step;
    step.command = std::move(command);
    step.fact = fact;
    return step;
}

void append(std::string &list, const std::string &item)
{
    if (!list.empty()) list += ", ";
    list += item;
}

// Settings whose values are lists of names, each quoted for itself.
bool is_list(std::string_view name)
{
    constexpr std::string_view lists[] = {"local_preload_libraries", "search_path", "session_preload_libraries", "shared_preload_libraries",
                                          "temp_tablespaces", "unix_socket_directories"};
    return std::find(std::begin(lists), std::end(lists), name) != std::end(lists);
}

std::string setting_name(const Dialect &sql, std::string_view name)
{
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return sql.quote(name);
    return sql.quote(name.substr(0, dot)) + '.' + sql.quote(name.substr(dot + 1));
}

}  // namespace

OptionChange change_of(const List &from, const List &to)
{
    OptionChange change;
    std::map<std::string, std::string> before;
    for (const auto &option : from) before.insert(split(option));
    std::map<std::string, std::string> after;
    for (const auto &option : to) after.insert(split(option));
    for (const auto &[name, value] : after) {
        const auto had = before.find(name);
        if (had != before.end() && had->second == value) continue;
        if (is_hidden(value)) {
            change.hidden = true;
            continue;
        }
        (had == before.end() ? change.added : change.set).emplace_back(name, value);
    }
    for (const auto &[name, value] : before) {
        if (!after.contains(name)) change.gone.push_back(name);
    }
    return change;
}

std::string storage_list(const List &options, std::string_view prefix)
{
    std::string out;
    for (const auto &option : options) {
        const auto [name, value] = split(option);
        append(out, std::string(prefix) + name + " = " + literal(value));
    }
    return out;
}

void add_storage_options(const std::string &alter, const List &from, const List &to, std::string_view prefix, const std::string &fact, Lock lock, Steps &steps)
{
    const auto change = change_of(from, to);
    std::string set;
    for (const auto *const items : {&change.set, &change.added}) {
        for (const auto &[name, value] : *items) append(set, std::string(prefix) + name + " = " + literal(value));
    }
    std::string gone;
    for (const auto &name : change.gone) append(gone, std::string(prefix) + name);
    const auto add = [&](std::string command) {
        steps.push_back(step_of(std::move(command), fact));
        steps.back().lock = lock;
    };
    if (!set.empty()) add(alter + " SET (" + set + ')');
    if (!gone.empty()) add(alter + " RESET (" + gone + ')');
}

std::string foreign_options(const Dialect &sql, const List &options)
{
    std::string out;
    for (const auto &option : options) {
        const auto [name, value] = split(option);
        if (!is_hidden(value)) append(out, sql.quote(name) + ' ' + literal(value));
    }
    return out.empty() ? out : " OPTIONS (" + out + ')';
}

void add_foreign_options(const Dialect &sql, const std::string &alter, const List &from, const List &to, const std::string &fact, Steps &steps)
{
    const auto change = change_of(from, to);
    std::string list;
    for (const auto &[name, value] : change.added) append(list, "ADD " + sql.quote(name) + ' ' + literal(value));
    for (const auto &[name, value] : change.set) append(list, "SET " + sql.quote(name) + ' ' + literal(value));
    for (const auto &name : change.gone) append(list, "DROP " + sql.quote(name));
    if (!list.empty()) steps.push_back(step_of(alter + " OPTIONS (" + list + ')', fact));
    if (change.hidden) note_hidden(to, alter.substr(alter.find(' ') + 1), fact, steps);
}

void note_hidden(const List &options, const std::string &what, const std::string &fact, Steps &steps)
{
    std::string names;
    for (const auto &option : options) {
        const auto [name, value] = split(option);
        if (is_hidden(value)) append(names, name);
    }
    if (names.empty()) return;
    Step step;
    step.fact = fact;
    step.effect = Effect::manual;
    step.detail = "The snapshot holds no secrets: give " + what + " the option " + names + " by hand.";
    steps.push_back(std::move(step));
}

std::string setting_text(const Dialect &sql, std::string_view name, std::string_view value)
{
    if (!is_list(name)) return setting_name(sql, name) + " TO " + literal(value);
    // Each name of the list becomes a constant: quotes of the stored form undone.
    std::string out;
    std::string_view rest = value;
    while (!rest.empty()) {
        while (!rest.empty() && (rest.front() == ' ' || rest.front() == ',')) rest.remove_prefix(1);
        if (rest.empty()) break;
        std::string item;
        if (rest.front() == '"') {
            item = take_name(rest, rest).front();
        } else {
            const auto end = std::min(rest.find(','), rest.size());
            item = std::string(rest.substr(0, end));
            while (!item.empty() && item.back() == ' ') item.pop_back();
            rest.remove_prefix(end);
        }
        append(out, literal(item));
    }
    return setting_name(sql, name) + " TO " + (out.empty() ? "''" : out);
}

void add_settings(const Dialect &sql, const std::string &alter, const List &from, const List &to, const std::string &fact, Steps &steps)
{
    const auto change = change_of(from, to);
    for (const auto *const items : {&change.set, &change.added}) {
        for (const auto &[name, value] : *items) steps.push_back(step_of(alter + " SET " + setting_text(sql, name, value), fact));
    }
    for (const auto &name : change.gone) steps.push_back(step_of(alter + " RESET " + setting_name(sql, name), fact));
    if (change.hidden) note_hidden(to, alter.substr(alter.find(' ') + 1), fact, steps);
}

}  // namespace core::repair
