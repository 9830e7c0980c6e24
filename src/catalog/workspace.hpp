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

    // Facts of whatever the reader reads.
    core::Facts read_with(void (*reader)(Sheet *));

    // Lets go of what the server's catalog caches took in since the workspace was made, when it is much:
    // by themselves they grow with the number of objects read.
    void bound_caches();

  private:
    template <typename Body>
    core::Facts run(Sheet sheet, Body body);

    MemoryContext context_;
    std::size_t cached_at_start_;
};

}  // namespace catalog
