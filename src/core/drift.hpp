#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/fact.hpp"

namespace core {

// Facts of one schema in ascending order of their keys, read once.  What it
// returns is valid until the next call of next().
class FactSource {
  public:
    virtual ~FactSource() = default;
    // Goes to the next fact; false at the end.
    virtual bool next() = 0;
    // The id in UTF-8: equal facts have equal keys in every database.
    virtual std::string_view key() const = 0;
    virtual std::string_view digest() const = 0;
    virtual Fact fact() const = 0;
    // The id it was registered with, where it has another one since; else empty.
    virtual std::string_view registered_id() const { return {}; }
    // Whether that is for a new name of its own, and not of what holds it.
    virtual bool renamed() const { return false; }
    // Told of the present fact when the other source has one with the same key and digest.
    virtual void met_equal() {}
    // Goes back to before the first fact; false where that cannot be done.
    virtual bool rewind() { return false; }
};

// not_compared: what could not be told either way, which is no silence
// renamed: by a command that the ledger knows; expected and actual are the names
enum class DriftOperation { missing, unexpected, changed, not_compared, renamed };

constexpr std::size_t no_row = static_cast<std::size_t>(-1);

// One difference between an expected and an actual schema.
//   attribute   set for "changed" only, and for "not_compared" when it is one attribute
//   expected, actual   the attribute's values; for a fact that is missing or
//               unexpected, what describes it best (its type or definition)
//   implied_by  row that explains this one: of the missing or unexpected parent,
//               of the column a sequence belongs to, of the inheritance that came
//               or went, of the extension it is a member of, of the rename that shows in its text; following them always ends
//   owned_by    of a sequence that is missing, unexpected or renamed, its column's name
//   registered  id in the expected schema of what is missing, where it is another one than "fact"
//   inherited   of a column that was renamed: with that of another table
//   address, xmin   of the actual fact; of a missing one nothing is known
struct DriftRow {
    DriftOperation operation = DriftOperation::changed;
    std::string fact;
    std::string kind;
    std::string parent;
    std::string attribute;
    Value expected;
    Value actual;
    std::size_t implied_by = no_row;
    std::string owned_by;
    std::string extension;  // of a member, the extension's name
    std::string digest;     // of a fact that is missing or unexpected
    std::int64_t ordinal = 0;  // of a column that is missing or unexpected
    std::string registered;
    bool inherited = false;
    Address address;
    std::uint32_t xmin = 0;
};

// Differences in order of fact and attribute.  Of columns whose order differs,
// only those that moved among their neighbours are named, not those that
// follow a column added or removed.  Gives no more than "most" rows; goes through
// both sources to the end all the same when asked to, for what they are told.
enum class Walk { while_needed, to_end };
std::vector<DriftRow> find_drift(FactSource &expected, FactSource &actual, std::size_t most = no_row, Walk walk = Walk::while_needed);

// What tells most about a fact that stands alone.
Value best_description(const Fact &fact);
// What the words of a report are made of.
std::string_view operation_word(DriftOperation operation);
// "public.prompts.version" of "column:public.prompts.version".
std::string_view object_of(std::string_view fact);
// Text for people: lists without brackets, empty for an absent value.
std::string plain_text(const Value &value);
// What the id of a difference is hashed from: equal for the same difference on every run.
std::string identifying_text(std::string_view expected_name, const DriftRow &row);
// One sentence.
std::string describe(const DriftRow &row);
// The row of objects in a system catalog that no reader captured: how many, and one of them.
DriftRow uncovered(const std::string &catalog, std::int64_t objects, const std::string &first);
// "security", "breaking", "data", "performance", "cosmetic" or "coverage".
std::string_view severity(const DriftRow &row);
// Whether the attribute holds SQL text as the server prints it, which differs between major versions.
bool is_deparsed(std::string_view attribute);

}  // namespace core
