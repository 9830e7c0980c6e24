#pragma once

#include <optional>

#include "core/fact.hpp"
#include "core/repair/dialect.hpp"

// Attributes of facts, as commands need them.
namespace core::repair {

// By its kind.
inline bool is_table(std::string_view kind) { return kind == "table" || kind == "foreign_table"; }

// Of a table or of a composite type.
inline bool is_column(const Fact &fact) { return fact.kind == "column" || fact.kind == "attribute"; }

inline const Value &value_of(const Fact &fact, std::string_view attribute)
{
    static const Value absent;
    const auto found = fact.payload.find(attribute);
    return found != fact.payload.end() ? found->second : absent;
}

// Gives the fact the attribute as the other has it: none where that has none.
inline void take_over(const Fact &source, std::string_view attribute, Fact &fact)
{
    const auto value = source.payload.find(attribute);
    if (value != source.payload.end()) {
        fact.payload[std::string(attribute)] = value->second;
    } else {
        fact.payload.erase(std::string(attribute));
    }
}

// Empty when absent.
inline std::string text_of(const Fact &fact, std::string_view attribute)
{
    const auto *const text = std::get_if<std::string>(&value_of(fact, attribute));
    return text != nullptr ? *text : std::string();
}

inline const List &list_of(const Fact &fact, std::string_view attribute)
{
    static const List none;
    const auto *const list = std::get_if<List>(&value_of(fact, attribute));
    return list != nullptr ? *list : none;
}

inline bool flag_of(const Fact &fact, std::string_view attribute, bool usual = false)
{
    const auto *const flag = std::get_if<bool>(&value_of(fact, attribute));
    return flag != nullptr ? *flag : usual;
}

inline std::optional<std::int64_t> number_of(const Fact &fact, std::string_view attribute)
{
    const auto *const number = std::get_if<std::int64_t>(&value_of(fact, attribute));
    return number != nullptr ? std::optional(*number) : std::nullopt;
}

inline bool has(const Fact &fact, std::string_view attribute) { return fact.payload.find(attribute) != fact.payload.end(); }

// Whether the attribute is another one; all of them are when there was no fact.
inline bool differs(const Fact *from, const Fact &to, std::string_view attribute)
{
    return from == nullptr ? has(to, attribute) : value_of(*from, attribute) != value_of(to, attribute);
}

// Of a column: that it is there by its parents alone.
inline bool comes_from_parent(const Fact &column) { return flag_of(column, "inherited") && !flag_of(column, "local"); }

// The id of the column of the same name of another relation, by that one's id or its name alone.
inline std::string namesake(const Fact &column, std::string_view relation)
{
    return "column:" + std::string(relation.substr(relation.find(':') + 1)) + '.' + quote_part(name_of(column.id).last());
}

inline bool is_foreign_key(const Fact &fact) { return fact.kind == "constraint" && text_of(fact, "type") == "foreign key"; }

// The id of the table that a foreign key refers to; empty for what is none.
inline std::string referred_table(const Fact &fact)
{
    constexpr std::string_view word = " REFERENCES ";
    const auto definition = text_of(fact, "definition");
    const auto at = definition.find(word);
    if (!is_foreign_key(fact) || at == std::string::npos) return {};
    std::string_view rest;
    const auto parts = take_name(std::string_view(definition).substr(at + word.size()), rest);
    return parts.size() < 2 ? std::string() : fact_id("table", {parts[0], parts[1]});
}

}  // namespace core::repair
