#pragma once

#include <set>
#include <unordered_map>

#include "core/repair/step.hpp"

namespace core::repair {

// An object or part that is to have another name, or another schema: its fact's id before and after.
struct Rename {
    std::string from;
    std::string to;
};

// Gives objects their other names, all at once: what changes places goes by way of a name that nothing has, and what
// has a name that another is to have makes way.
class Renaming {
  public:
    // The facts are those that have the names of before; what is not among them is not renamed.
    Renaming(const Dialect &sql, const FactMap &facts, const std::vector<Rename> &renames);

    // The id that a fact has afterwards.
    std::string id(std::string_view id) const;
    // The facts as they are afterwards: ids, parents, and names in texts.
    FactMap facts(const FactMap &facts) const;
    // The commands that do it.
    const Steps &steps() const { return steps_; }

  private:
    struct Move {
        std::string first;  // id in the beginning
        std::string now;
        std::string to;
    };
    // Parts are renamed where they are, then objects within their schemas, then schemas: each by the name that it has then.
    enum class Level { part, object, schema };

    static Level level_of(std::string_view kind);
    void rename_level(const FactMap &facts, std::vector<Move> moves);
    void take_step(const Fact &fact, const std::string &now, const std::string &to);
    bool follows(const Fact &fact) const;
    void keep(Level level, const std::vector<Move> &done);
    Fact renamed(Fact fact) const;
    std::string in_text(std::string_view text) const;

    const Dialect &sql_;
    const FactMap &facts_;
    Steps steps_;
    std::unordered_map<std::string, std::string> ids_;      // of parts and objects
    std::unordered_map<std::string, std::string> wholes_;   // names before the dot that a part's begins with
    std::unordered_map<std::string, std::string> schemas_;  // quoted as in ids
    std::unordered_map<std::string, std::pair<std::string, std::string>> words_;  // both words of a name that texts have
};

// Adds the commands that rename, and gives the facts as they are afterwards.
FactMap renamed(const Dialect &sql, const FactMap &facts, const std::vector<Rename> &renames, Steps &steps);

}  // namespace core::repair
