#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/drift.hpp"
#include "core/not_null_name.hpp"

namespace core {

// What one ledger row says that happened to names of facts.
struct NameEvents {
    std::int64_t ledger_id = 0;
    std::vector<std::pair<std::string, std::string>> renamed;  // id before, id after
    std::vector<std::string> added;
    std::vector<std::string> removed;
    std::vector<std::pair<std::string, bool>> labels;  // of an enum: whether some of them have other names, and nothing else is new

    bool empty() const { return renamed.empty() && added.empty() && removed.empty() && labels.empty(); }
};

// What became of the objects of an earlier time, learnt backwards: from the last
// event to the first one after that time.  What a renamed table or schema holds
// follows it.
class Renames {
  public:
    // Goes back to before the row.
    void undo(const NameEvents &row);

    struct Present {
        std::string id;  // of what is gone, a text that no other fact has
        std::string place;  // where it is, or would be, in what holds it; empty when that is gone as well
        bool gone = false;
        bool renamed = false;  // itself, and not only what holds it
    };
    // The present id of what had this one at the time gone back to.
    Present present(std::string_view id) const;
    // Of what was removed by a ledger row.
    static Present gone(std::int64_t ledger_id, std::string_view id);
    // Whether the labels of the enum, given by its present id, have changed by renames only.
    bool labels_renamed(std::string_view id) const;
    bool empty() const { return parts_.empty() && labels_.empty(); }
    // All of it as a text, equal for equal renames.
    std::string canonical() const;

  private:
    struct Node;
    using Parts = std::map<std::string, Node, std::less<>>;
    struct Node {
        std::optional<std::string> now;
        bool gone = false;
        bool displaced = false;  // another object took the name later: says nothing of its parts
        Parts parts;
    };

    const Node *find(std::string_view id) const;
    Node take(std::string_view id);
    Node &make(std::string_view id);
    static void merge(Node &into, Node &&from);
    static void append(std::string &out, const Parts &parts);

    Parts parts_;
    std::map<std::string, bool, std::less<>> labels_;  // by the present id
};

// The facts of an expected schema, which can be read again later.
class ExpectedSource : public FactSource {
  public:
    // In the encoding of the database.
    virtual std::string_view id() const = 0;
    // Where the current fact is, and the fact that is there.
    virtual std::uint64_t place() const = 0;
    virtual Fact fact_at(std::uint64_t place) const = 0;
};

// Expected facts under the names that the objects have now.  Those that have
// another one are out of their place in the order: they are kept, by their
// places, and come where their new keys belong.
class RenamedFacts final : public FactSource {
  public:
    // key_of gives an id in UTF-8.  The source must be able to rewind.
    RenamedFacts(ExpectedSource &source, const Renames &renames, const std::function<std::string(std::string_view)> &key_of, UsualNotNullName usual);

    bool next() override;
    std::string_view key() const override;
    std::string_view digest() const override;
    Fact fact() const override;
    std::string_view registered_id() const override;
    bool renamed() const override { return at_moved_ && moved_[next_moved_].renamed; }
    void met_equal() override { source_.met_equal(); }

  private:
    struct Moved {
        std::string key;
        std::string id;
        std::string from;  // id before
        bool renamed;      // and not only what holds it
        std::uint64_t place;
    };

    bool next_in_place();
    Fact under_present(Fact fact) const;
    static std::string present_id(const Renames::Present &now, std::string_view id);

    ExpectedSource &source_;
    const Renames &renames_;
    UsualNotNullName usual_;
    std::vector<Moved> moved_;
    std::size_t next_moved_ = 0;
    bool more_ = false;
    bool at_moved_ = false;
    bool started_ = false;
};

}  // namespace core
