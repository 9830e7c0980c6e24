#pragma once

#include "catalog/draft.hpp"

namespace catalog {

// Memory to read objects in, one after the other.
class Workspace {
  public:
    Workspace();
    ~Workspace();
    Workspace(const Workspace &) = delete;
    Workspace &operator=(const Workspace &) = delete;

    // Facts of one object; empty when there is nothing to say of it.
    core::Facts read(const ObjectAddress &address);

  private:
    MemoryContext context_;
};

}  // namespace catalog
