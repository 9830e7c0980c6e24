#include "core/repair/kept_values.hpp"

#include <algorithm>
#include <optional>

#include "core/cpp_only.hpp"

namespace core::repair {
namespace {

int rank_of(std::string_view type)
{
    constexpr std::string_view integers[] = {"smallint", "integer", "bigint"};
    const auto *const found = std::find(std::begin(integers), std::end(integers), type);
    return found != std::end(integers) ? static_cast<int>(found - std::begin(integers)) : -1;
}

bool is_number(std::string_view type) { return is_integer(type) || type == "numeric" || type == "real" || type == "double precision"; }

// Digits before and after the point; none for numeric that holds any number.
struct Digits {
    int whole;
    int fraction;
};

std::optional<Digits> digits_of(const ColumnType &type)
{
    constexpr int of_integers[] = {5, 10, 19};
    if (is_integer(type.name)) return Digits{of_integers[rank_of(type.name)], 0};
    if (type.modifiers.empty()) return std::nullopt;
    const int fraction = type.modifiers.size() > 1 ? type.modifiers[1] : 0;
    return Digits{type.modifiers[0] - fraction, fraction};
}

Kept kept_numbers(const ColumnType &from, const ColumnType &to)
{
    const bool from_float = from.name == "real" || from.name == "double precision";
    if (to.name == "double precision") return from.name == "numeric" || from.name == "bigint" ? Kept::not_known : Kept::all;
    if (to.name == "real") return from.name == "real" || from.name == "smallint" ? Kept::all : Kept::not_known;
    if (from_float) return Kept::not_known;
    if (is_integer(from.name) && is_integer(to.name)) return rank_of(from.name) <= rank_of(to.name) ? Kept::all : Kept::all_or_fails;
    const auto before = digits_of(from);
    const auto after = digits_of(to);
    if (!after) return Kept::all;
    if (!before || before->fraction > after->fraction) return Kept::not_known;
    // NaN is no integer.
    if (is_integer(to.name)) return Kept::all_or_fails;
    return before->whole <= after->whole ? Kept::all : Kept::all_or_fails;
}

// No longer than the length of the new type.
bool fits(const ColumnType &from, const ColumnType &to)
{
    if (to.modifiers.empty()) return true;
    return !from.modifiers.empty() && from.modifiers.front() <= to.modifiers.front();
}

Kept kept_text(const ColumnType &from, const ColumnType &to)
{
    // Blanks at the end say nothing there.
    if (to.name == "character" && from.name != "character") return Kept::not_known;
    return fits(from, to) ? Kept::all : Kept::all_or_fails;
}

// Of types whose text tells all, and is the same in every session.
bool has_exact_text(const FactMap &facts, const ColumnType &type)
{
    constexpr std::string_view exact[] = {"boolean", "numeric", "name", "uuid", "json", "jsonb", "inet", "cidr", "macaddr", "macaddr8"};
    return is_integer(type.name) || std::find(std::begin(exact), std::end(exact), type.name) != std::end(exact) || is_enum(facts, type);
}

Kept kept_bits(const ColumnType &from, const ColumnType &to)
{
    if (to.name == "bit varying") return fits(from, to) ? Kept::all : Kept::all_or_fails;
    return from.name == "bit" && from.modifiers == to.modifiers ? Kept::all : Kept::all_or_fails;
}

bool is_interval(std::string_view type) { return type.starts_with("interval"); }

// Fractions of a second that do not fit are rounded.
Kept kept_seconds(const ColumnType &from, const ColumnType &to)
{
    constexpr int most = 6;
    const int before = from.modifiers.empty() ? most : from.modifiers.front();
    const int after = to.modifiers.empty() ? most : to.modifiers.front();
    return before <= after ? Kept::all : Kept::not_known;
}

struct Pair {
    std::string_view from;
    std::string_view to;
    Kept kept;
};

constexpr Pair pairs[] = {
    {"cidr", "inet", Kept::all},
    {"macaddr", "macaddr8", Kept::all},
    {"macaddr8", "macaddr", Kept::all_or_fails},
    {"oid", "bigint", Kept::all},
    {"bigint", "oid", Kept::all_or_fails},
    {"jsonb", "json", Kept::all},
    {"text", "json", Kept::all_or_fails},
    {"character varying", "json", Kept::all_or_fails},
    {"date", "timestamp without time zone", Kept::all_or_fails},
};

Kept kept_elements(const Scene &scene, const ColumnType &from, const ColumnType &to)
{
    if (is_number(from.name) && is_number(to.name)) return kept_numbers(from, to);
    if (is_text(from.name) && is_text(to.name)) return kept_text(from, to);
    if (is_text(to.name) && has_exact_text(scene.from, from)) return to.modified ? Kept::all_or_fails : Kept::all;
    if (is_enum(scene.to, to) && (is_text(from.name) || is_enum(scene.from, from))) return Kept::all_or_fails;
    const bool bits = from.name == "bit" || from.name == "bit varying";
    if (bits && (to.name == "bit" || to.name == "bit varying")) return kept_bits(from, to);
    if (to.name == "interval" && (is_interval(from.name) || from.name == "time without time zone")) return kept_seconds(from, to);
    if (from.name == to.name && (from.name.starts_with("time") || is_interval(from.name))) return kept_seconds(from, to);
    const auto *const found = std::find_if(std::begin(pairs), std::end(pairs), [&](const Pair &pair) { return pair.from == from.name && pair.to == to.name; });
    if (found != std::end(pairs) && !to.modified) return found->kept;
    if (from.name != to.name || !is_assignable(scene, from, to)) return Kept::not_known;
    // What other modifiers say, their type alone knows.
    const bool known = from.modified && !to.modifiers.empty() && from.modifiers == to.modifiers;
    return !to.modified || known ? Kept::all : Kept::not_known;
}

}  // namespace

Kept kept_values(const Scene &scene, const ColumnType &from, const ColumnType &to)
{
    if (from.array != to.array) return Kept::not_known;
    auto elements_from = from;
    auto elements_to = to;
    elements_from.array = elements_to.array = false;
    const auto kept = kept_elements(scene, elements_from, elements_to);
    // A domain can refuse what its own type takes.
    return kept == Kept::all && to.domain ? Kept::all_or_fails : kept;
}

bool stays_in_place(const ColumnType &from, const ColumnType &to)
{
    if (from.array || to.array || to.domain) return false;
    const bool text = from.name == "text" || from.name == "character varying";
    if (text && (to.name == "text" || to.name == "character varying")) return fits(from, to);
    if (from.name == "cidr" && to.name == "inet") return true;
    if (from.name == "numeric" && to.name == "numeric") {
        if (to.modifiers.empty()) return true;
        const auto before = digits_of(from);
        const auto after = digits_of(to);
        return before && before->fraction == after->fraction && before->whole <= after->whole;
    }
    if (from.name != to.name) return false;
    return (from.name == "bit varying" && fits(from, to)) || ((from.name.starts_with("time") || is_interval(from.name)) && kept_seconds(from, to) == Kept::all);
}

}  // namespace core::repair
