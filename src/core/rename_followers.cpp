#include "core/rename_followers.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "core/name_tokens.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

// What goes along when a table gets another schema, or a column of its parent another name.
class Followers {
  public:
    explicit Followers(std::vector<DriftRow> &rows) : rows_(rows)
    {
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].operation != DriftOperation::renamed) continue;
            by_name_.emplace(object_of(rows[i].fact), i);
            if (!rows[i].inherited) by_names_.emplace(own_names(rows[i]), i);
            if (rows[i].kind == "attribute") attributes_.emplace(own_names(rows[i]), i);
        }
    }

    void link()
    {
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            auto &row = rows_[i];
            if (row.operation != DriftOperation::renamed) continue;
            auto cause = row.inherited ? found_in(by_names_, row) : moved_with(row);
            // Of a table that is made of a composite type.
            if (cause == no_row && row.kind == "column") cause = found_in(attributes_, row);
            if (cause != i) row.implied_by = cause;
        }
    }

  private:
    static std::pair<std::string, std::string> own_names(const DriftRow &row)
    {
        const auto last = [](const Value &value) {
            auto tokens = name_tokens(value);
            return tokens.empty() ? std::string() : tokens.back();
        };
        return {last(row.expected), last(row.actual)};
    }

    using ByNames = std::map<std::pair<std::string, std::string>, std::size_t>;

    static std::size_t found_in(const ByNames &rows, const DriftRow &row)
    {
        const auto found = rows.find(own_names(row));
        return found != rows.end() ? found->second : no_row;
    }

    // An index, or a sequence that belongs to a column.
    std::size_t moved_with(const DriftRow &row) const
    {
        auto whole = row.kind == "sequence" ? std::string_view(row.owned_by) : object_of(row.parent);
        if (row.kind == "sequence") whole = whole.substr(0, std::min(whole.rfind('.'), whole.size()));
        const auto found = by_name_.find(whole);
        if (found == by_name_.end()) return no_row;
        const auto before = name_tokens(row.expected);
        const auto after = name_tokens(row.actual);
        const auto old_whole = name_tokens(rows_[found->second].expected);
        const auto new_whole = name_tokens(rows_[found->second].actual);
        if (before.empty() || old_whole.empty() || new_whole.empty()) return no_row;
        const bool only_schema = before.size() == after.size() && std::equal(before.begin() + 1, before.end(), after.begin() + 1);
        return only_schema && before.front() == old_whole.front() && after.front() == new_whole.front() ? found->second : no_row;
    }

    std::vector<DriftRow> &rows_;
    std::map<std::string_view, std::size_t> by_name_;
    ByNames by_names_;
    ByNames attributes_;
};

}  // namespace

void link_followers(std::vector<DriftRow> &rows) { Followers(rows).link(); }

}  // namespace core
