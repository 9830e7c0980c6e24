#pragma once

#include "catalog/stamps.hpp"

// Objects as the passes of a session over the catalogs meet them; inside pg::call only.
namespace catalog {

// Stands for all objects that initdb made.
constexpr std::uint32_t common_node = UINT32_MAX;

// Slots of the hash of OIDs: those that were given one after the other lie together, and so do the rows that name them.
inline std::uint32_t hash_of(Oid object) { return static_cast<std::uint32_t>(core::scatter(object >> 4) << 4) | (object & 15); }

// A number for each object, which stays the object's in the passes to come; what a pass finds out about it is in its node.
class NodeTable {
  public:
    // In the memory context current then; room: for so many objects at first.
    explicit NodeTable(std::size_t room);

    // common_node for an object of the system's.
    std::uint32_t number_of(Oid catalog, Oid object);

    // Takes back what the last pass found out.
    void begin_pass();

    // Makes a and b one group, as far as this pass is concerned.
    void join(std::uint32_t a, std::uint32_t b);
    std::uint32_t root_of(std::uint32_t number);

    Stamps::Node &operator[](std::uint32_t number) { return nodes_[number]; }
    const Stamps::Node *nodes() const { return nodes_; }
    std::uint32_t count() const { return count_; }
    const std::uint32_t *slots() const { return slots_; }
    std::uint32_t slot_mask() const { return slot_mask_; }

  private:
    void make_slots(std::uint32_t count);

    MemoryContext context_;
    std::size_t room_;
    Stamps::Node *nodes_;
    std::uint32_t count_ = 0;
    std::uint32_t *slots_ = nullptr;  // number + 1, or 0
    std::uint32_t slot_mask_ = 0;
    std::uint32_t last_ = 0;
};

}  // namespace catalog
