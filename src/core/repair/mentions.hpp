#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "core/repair/step.hpp"

namespace core::repair {

// Which facts of a schema the texts of others name.  All names in texts stand with their schemas, so an object is
// found by the two words; of functions of one name all are taken: this serves the order of commands, where one
// too many does no harm.
class Mentions {
  public:
    explicit Mentions(const FactMap &facts);

    // The facts, but itself, that its texts and its parent name, each once.
    std::vector<const Fact *> of(const Fact &fact) const;
    // The facts whose texts name it.
    const std::vector<const Fact *> &by(const Fact &fact) const;

  private:
    std::unordered_map<std::string, std::vector<const Fact *>> named_;
    std::unordered_map<std::string, std::vector<const Fact *>> by_;
    const FactMap &facts_;
};

// What an object is found by: both words of its name.
std::string mention_key(const std::string &schema, const std::string &name);
// Whether the texts of the fact name one of these.
bool mentions_any(const Fact &fact, const std::unordered_set<std::string> &keys);

// Whether the text holds the word, as a name with or without quotes, or a star that may stand for it.
bool has_word(const Fact &fact, const std::string &word);

}  // namespace core::repair
