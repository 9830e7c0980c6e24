#pragma once

#include "pg/call.hpp"

namespace pg {

// A memory context for the rounds of a loop: current for the length of the
// scope, emptied by reset().  After an error it is left to its parent, since
// the error's own text may live in it.
class ScratchContext {
  public:
    ScratchContext()
        : exceptions_at_start_(std::uncaught_exceptions()), outer_(CurrentMemoryContext),
          context_(call([] { return AllocSetContextCreate(CurrentMemoryContext, "langchef_guard scratch", ALLOCSET_DEFAULT_SIZES); }))
    {
        MemoryContextSwitchTo(context_);
    }
    ~ScratchContext()
    {
        MemoryContextSwitchTo(outer_);
        if (std::uncaught_exceptions() == exceptions_at_start_) MemoryContextDelete(context_);
    }
    ScratchContext(const ScratchContext &) = delete;
    ScratchContext &operator=(const ScratchContext &) = delete;

    void reset() { MemoryContextReset(context_); }
    // Where the caller allocates what outlives a round.
    MemoryContext outer() const { return outer_; }

  private:
    int exceptions_at_start_;
    MemoryContext outer_;
    MemoryContext context_;
};

}  // namespace pg
