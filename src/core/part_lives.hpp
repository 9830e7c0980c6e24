#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace core {

// One difference of a ledger row, as far as it tells which part of an object it is about.
struct PartEvent {
    std::int64_t ledger_id = 0;
    int place = 0;  // in the row, from 1
    std::string fact;
    std::string op;
    std::string old_id;  // of a change of the name
};

// The parts of one object (columns, constraints, triggers...) through its ledger
// rows, in their order: a part is the same under another name, and another one
// when it was made anew.
class PartLives {
  public:
    void add(const PartEvent &event);
    // What comes now is about another object of the name.
    void end() { lives_.clear(); }

    struct Touch {
        std::int64_t ledger_id;
        std::string fact;         // its id at that time
        std::vector<int> places;  // of the row's differences
    };
    // Those of parts that at some time had the name, quoted as in fact ids, and
    // are of the kind, unless that is empty.
    std::vector<Touch> of(std::string_view kind, std::string_view name) const;

  private:
    struct Seen {
        std::size_t life;
        PartEvent event;
    };
    std::size_t life_of(const std::string &key);

    std::map<std::string, std::size_t> lives_;  // by what they are called now
    std::size_t count_ = 0;
    std::vector<Seen> seen_;
    std::map<std::string, std::set<std::size_t>> named_;
};

}  // namespace core
