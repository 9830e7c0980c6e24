#pragma once

#include "pg/call.hpp"

namespace scratch {

// Who runs the text.  The process itself is the bootstrap superuser's: what the text
// may change of that - SET ROLE, SET SESSION AUTHORIZATION - is done here, as far as the
// session may that asked for it; wherever else the text tries, in a function say, the server refuses.
class Identity {
  public:
    // Sets also what a session of the role in the database would start with.
    Identity(Oid role, Oid database);

    // Whether the command is one of those two; then it is done.
    bool take(const Node *command);
    // To be called after each statement: outside of a transaction block SET LOCAL has no effect any more.
    void settle();
    // Back to the superuser.
    void leave();

  private:
    void become(Oid session, Oid current);

    Oid caller_;
    Oid session_;
    Oid current_;
    Oid session_before_local_ = InvalidOid;
    Oid current_before_local_ = InvalidOid;
};

}  // namespace scratch
