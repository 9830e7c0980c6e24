#pragma once

#include "catalog/stamps.hpp"

// Objects as the passes of a session over the catalogs meet them; inside pg::call only.
namespace catalog {

// Stands for all objects that initdb made.
constexpr std::uint32_t common_node = UINT32_MAX;
constexpr std::uint32_t no_node = UINT32_MAX;

// Slots of the hash of OIDs: those that were given one after the other lie together, and so do the rows that name them.
inline std::uint32_t hash_of(Oid object) { return static_cast<std::uint32_t>(core::scatter(object >> 4) << 4) | (object & 15); }

// A number for each object, which stays the object's in the passes to come; what a pass finds out about it is in its node.
class NodeTable {
  public:
    // In the memory context current then; room: for so many objects at first.
    explicit NodeTable(std::size_t room);

    // common_node for an object of the system's.
    std::uint32_t number_of(Oid catalog, Oid object);
    // Of an object that was met in some pass; no_node otherwise.
    std::uint32_t find(Oid catalog, Oid object) const;
    // Calls each(node) for the objects with the OID, in whatever catalog.
    template <typename Each>
    void each_with(Oid object, Each each) const
    {
        for (std::uint32_t at = hash_of(object) & slot_mask_; slots_[at] != 0; at = (at + 1) & slot_mask_) {
            if (const Stamps::Node &node = nodes_[slots_[at] - 1]; node.object == object) each(node);
        }
    }

    // Takes back what the last pass found out.
    void begin_pass();

    // Makes a and b one group, as far as this pass is concerned.
    void join(std::uint32_t a, std::uint32_t b);
    std::uint32_t root_of(std::uint32_t number);

    Stamps::Node &operator[](std::uint32_t number) { return nodes_[number]; }
    const Stamps::Node &operator[](std::uint32_t number) const { return nodes_[number]; }
    std::uint32_t count() const { return count_; }
    // Objects that the last pass did not meet.
    std::uint32_t count_gone() const;

  private:
    void make_slots(std::uint32_t count);
    // Where the object is, or would be.
    std::uint32_t slot_of(Oid catalog, Oid object) const;

    MemoryContext context_;
    std::size_t room_;
    Stamps::Node *nodes_;
    std::uint32_t count_ = 0;
    std::uint32_t *slots_ = nullptr;  // number + 1, or 0
    std::uint32_t slot_mask_ = 0;
    std::uint32_t last_ = 0;
};

}  // namespace catalog
