#include <algorithm>

#include "core/drift.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

std::string spaced(std::string_view word)
{
    std::string out(word);
    std::replace(out.begin(), out.end(), '_', ' ');
    return out;
}

// ASCII only: the words are ours.
std::string capitalized(std::string text)
{
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text;
}

// Long values are in their own columns; the sentence names short ones only.
std::string short_text(const Value &value)
{
    constexpr std::size_t longest = 60;
    auto text = plain_text(value);
    if (text.size() > longest || text.find('\n') != std::string::npos) return {};
    return text.empty() ? "not set" : text;
}

constexpr std::string_view uncovered_kind = "system_catalog";

}  // namespace

DriftRow uncovered(const std::string &catalog, std::int64_t objects, const std::string &first)
{
    DriftRow row;
    row.operation = DriftOperation::not_compared;
    row.kind = uncovered_kind;
    row.fact = fact_id(uncovered_kind, {catalog});
    row.parent = first;
    row.actual = objects;
    return row;
}

std::string_view operation_word(DriftOperation operation)
{
    switch (operation) {
        case DriftOperation::missing: return "missing";
        case DriftOperation::unexpected: return "unexpected";
        case DriftOperation::not_compared: return "not_compared";
        case DriftOperation::renamed: return "renamed";
        case DriftOperation::changed: break;
    }
    return "changed";
}

std::string_view object_of(std::string_view fact)
{
    const auto colon = fact.find(':');
    return colon == std::string_view::npos ? fact : fact.substr(colon + 1);
}

std::string plain_text(const Value &value)
{
    if (const auto *const text = std::get_if<std::string>(&value)) return *text;
    std::string out;
    if (const auto *const list = std::get_if<List>(&value)) {
        for (const auto &item : *list) {
            if (!out.empty()) out += ", ";
            out += item;
        }
    } else if (!std::holds_alternative<std::monostate>(value)) {
        append_json(out, value);
    }
    return out;
}

bool is_deparsed(std::string_view attribute)
{
    constexpr std::string_view printed[] = {"definition", "default", "generated", "keys", "predicate", "condition", "using",
                                            "with_check", "sql_body", "partition_bound", "partition_key", "arguments"};
    return std::find(std::begin(printed), std::end(printed), attribute) != std::end(printed);
}

std::string describe(const DriftRow &row)
{
    if (row.kind == uncovered_kind) {
        return plain_text(row.actual) + " user objects of " + std::string(object_of(row.fact)) + " are not compared, among them " + row.parent + '.';
    }
    auto object = spaced(row.kind);
    object += ' ';
    object += object_of(row.fact);
    switch (row.operation) {
        case DriftOperation::missing: return capitalized(object) + " does not exist.";
        case DriftOperation::unexpected: return capitalized(object) + " is not in the expected schema.";
        case DriftOperation::not_compared:
            return capitalized(spaced(row.attribute)) + " of " + object + " cannot be compared: secrets are hidden under the key of another database.";
        case DriftOperation::renamed:
            if (!row.attribute.empty()) break;
            return capitalized(object) + " was " + plain_text(row.expected) + " in the expected schema.";
        case DriftOperation::changed: break;
    }
    auto sentence = capitalized(spaced(row.attribute)) + " of " + object;
    const auto expected = short_text(row.expected);
    const auto actual = short_text(row.actual);
    if (expected.empty() || actual.empty()) return sentence + " differs.";
    return sentence + " is " + actual + ", expected " + expected + '.';
}

}  // namespace core
