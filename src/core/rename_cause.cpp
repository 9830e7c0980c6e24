#include "core/rename_cause.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "core/name_tokens.hpp"
#include "core/rename_followers.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

std::string joined(const Tokens &tokens, std::size_t count)
{
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out.append(tokens[i]).append(1, '\0');
    return out;
}

bool is_rename(const DriftRow &row) { return row.operation == DriftOperation::renamed; }

// Which rename gave a name in place of another.
class Names {
  public:
    explicit Names(const std::vector<DriftRow> &rows)
    {
        struct Renamed {
            std::size_t row;
            Tokens before;
            Tokens after;
        };
        std::vector<Renamed> all;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const bool whole = is_rename(rows[i]) && rows[i].implied_by == no_row;
            if (whole && !named_after_others(rows[i].kind)) all.push_back({i, name_tokens(rows[i].expected), name_tokens(rows[i].actual)});
        }
        for (const auto &one : all) wholes_.emplace(joined(one.before, one.before.size()), joined(one.after, one.after.size()));
        for (const auto &one : all) add(one.row, one.before, one.after);
        // What an extension's script made moves with it, and has no rows of its own in the ledger.
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const bool moved = rows[i].kind == "extension" && rows[i].attribute == "schema" && rows[i].operation == DriftOperation::changed;
            if (moved && rows_.try_emplace({plain_text(rows[i].expected), plain_text(rows[i].actual)}, i).second) own_.insert(i);
        }
    }

    bool empty() const { return rows_.empty(); }
    // Whether the row has a new name that is not that of what holds it, or of its arguments.
    bool is_own(std::size_t row) const { return own_.contains(row); }

    std::size_t find(const std::string &before, const std::string &after) const
    {
        const auto found = rows_.find({before, after});
        return found != rows_.end() ? found->second : no_row;
    }

  private:
    // Their names are those of a role and of a schema or server.
    static bool named_after_others(std::string_view kind) { return kind == "default_privileges" || kind == "user_mapping"; }

    void add(std::size_t row, const Tokens &before, const Tokens &after)
    {
        if (before.size() != after.size()) return;
        for (std::size_t i = 0; i < before.size(); ++i) {
            const bool of_whole = i + 1 < before.size() && wholes_.contains({joined(before, i + 1), joined(after, i + 1)});
            if (before[i] == after[i] || of_whole) continue;
            rows_.try_emplace({before[i], after[i]}, row);
            own_.insert(row);
        }
    }

    std::set<std::pair<std::string, std::string>> wholes_;
    std::map<std::pair<std::string, std::string>, std::size_t> rows_;
    std::set<std::size_t> own_;
};

// Walks through two texts that may differ in names only.  A view keeps the
// name it gave to a column or a table: as an alias, where it was none before.
class Walk {
  public:
    Walk(const Names &names, std::string_view before, std::string_view after)
        : names_(names), before_(tokens_of(before)), after_(tokens_of(after))
    {
    }

    // The first rename met, when renames explain everything.
    std::optional<std::size_t> cause()
    {
        while (i_ < before_.size() || j_ < after_.size()) {
            if (!step()) return std::nullopt;
        }
        return first_ != no_row ? std::optional(first_) : std::nullopt;
    }

  private:
    bool step()
    {
        const bool both = i_ < before_.size() && j_ < after_.size();
        if (both && before_[i_] == after_[j_]) {
            ++i_;
            ++j_;
            return true;
        }
        if (const auto found = both ? names_.find(before_[i_], after_[j_]) : no_row; found != no_row) {
            note(found);
            const auto &old_name = before_[i_++];
            const auto &new_name = after_[j_++];
            const auto in_new = alias(after_, j_, old_name);
            const auto in_old = alias(before_, i_, new_name);
            if (in_new > 0 && alias(before_, i_, old_name) == 0) {
                j_ += in_new;
            } else if (in_old > 0 && alias(after_, j_, new_name) == 0) {
                i_ += in_old;
            }
            return true;
        }
        // A view's own column: renamed, or given back the name of what it shows.
        return own_name(after_, j_, true) || own_name(before_, i_, false);
    }

    bool own_name(const Tokens &tokens, std::size_t &at, bool is_new)
    {
        if (at == 0 || at + 1 >= tokens.size() || tokens[at] != "AS") return false;
        const auto found = is_new ? names_.find(tokens[at - 1], tokens[at + 1]) : names_.find(tokens[at + 1], tokens[at - 1]);
        if (found == no_row) return false;
        note(found);
        at += 2;
        return true;
    }

    void note(std::size_t row)
    {
        if (first_ == no_row) first_ = row;
    }

    // How many tokens at the place are an alias of that name.
    static std::size_t alias(const Tokens &tokens, std::size_t at, const std::string &name)
    {
        if (at < tokens.size() && tokens[at] == name) return 1;
        return at + 1 < tokens.size() && tokens[at] == "AS" && tokens[at + 1] == name ? 2 : 0;
    }

    const Names &names_;
    Tokens before_;
    Tokens after_;
    std::size_t i_ = 0;
    std::size_t j_ = 0;
    std::size_t first_ = no_row;
};

// The same where the columns of a table are a set, in the order of their names.
std::optional<std::size_t> cause_in_set(const Names &names, std::string_view before, std::string_view after)
{
    auto left = tokens_of(before);
    auto right = tokens_of(after);
    std::sort(left.begin(), left.end());
    std::sort(right.begin(), right.end());
    Tokens gone;
    Tokens come;
    std::set_difference(left.begin(), left.end(), right.begin(), right.end(), std::back_inserter(gone));
    std::set_difference(right.begin(), right.end(), left.begin(), left.end(), std::back_inserter(come));
    if (gone.size() != 1 || come.size() != 1) return std::nullopt;
    const auto found = names.find(gone.front(), come.front());
    return found != no_row ? std::optional(found) : std::nullopt;
}

std::optional<std::size_t> cause_of(const Names &names, const DriftRow &row, const Value &before, const Value &after)
{
    if (const auto *const one = std::get_if<std::string>(&before)) {
        const auto *const other = std::get_if<std::string>(&after);
        return other != nullptr ? Walk(names, *one, *other).cause() : std::nullopt;
    }
    const auto *const list = std::get_if<List>(&before);
    const auto *const other = std::get_if<List>(&after);
    constexpr std::size_t longest = 1000;
    if (list == nullptr || other == nullptr || list->size() != other->size() || list->size() > longest) return std::nullopt;
    // A new name can have another place in what is sorted.
    std::optional<std::size_t> first;
    std::vector<const std::string *> left;
    for (const auto &item : *other) {
        if (std::find(list->begin(), list->end(), item) == list->end()) left.push_back(&item);
    }
    for (const auto &item : *list) {
        if (std::find(other->begin(), other->end(), item) != other->end()) continue;
        std::optional<std::size_t> found;
        for (auto at = left.begin(); at != left.end() && !found; ++at) {
            found = Walk(names, item, **at).cause();
            if (!found && row.kind == "publication") found = cause_in_set(names, item, **at);
            if (found) {
                left.erase(at);
                break;
            }
        }
        if (!found) return std::nullopt;
        if (!first) first = found;
    }
    return left.empty() ? first : std::nullopt;
}

}  // namespace

void link_to_renames(std::vector<DriftRow> &rows)
{
    link_followers(rows);
    const Names names(rows);
    if (names.empty()) return;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto &row = rows[i];
        if (row.implied_by != no_row || names.is_own(i)) continue;
        if (row.operation != DriftOperation::changed && !is_rename(row)) continue;
        if (const auto cause = cause_of(names, row, row.expected, row.actual)) row.implied_by = *cause;
    }
}

}  // namespace core
