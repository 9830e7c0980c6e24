#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/fact.hpp"
#include "core/worker_message.hpp"
#include "judge/shared_objects.hpp"
#include "pg/call.hpp"

namespace intercept {

// Whose say a command on shared objects needs.
enum class Asked {
    subjects,  // databases that it is about
    others,    // databases that it matters to otherwise
};

// The other guarded databases and their say in one command, before it runs.
class OtherDatabases {
  public:
    OtherDatabases(Node *parsetree, std::string_view statement, bool top_level);

    // Raises LG001 or LG006 when one of them does not let it pass, and when one cannot be asked.
    void ask(Asked whom);

    // When all that were asked let it pass, and whoever else has a say: their approvals are spent, and it is recorded there.
    void pass();

    // The objects that they decided on.
    const std::vector<core::Address> &decided() const { return decided_; }

  private:
    struct Pass {
        core::WorkerRequest request;
        std::string database;
    };

    Node *tree_;
    std::vector<judge::SharedEffect> effects_;
    core::WorkerRequest request_;
    std::vector<core::Address> decided_;
    std::vector<Pass> passes_;
};

// With the guard switched off in this session: they are told, as far as they can be.
void tell_other_databases(Node *parsetree, std::string_view statement, bool top_level);

}  // namespace intercept
