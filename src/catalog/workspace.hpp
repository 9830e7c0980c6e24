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

    // Facts of one object; empty when there is nothing to say of it.  Of the constraints
    // in own it speaks also when they became a part of the parent table's.
    core::Facts read(const ObjectAddress &address, const std::vector<Oid> &own = {});

  private:
    MemoryContext context_;
};

}  // namespace catalog
