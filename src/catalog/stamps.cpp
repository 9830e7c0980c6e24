#include "catalog/stamps.hpp"

#include "catalog/stamp_pass.hpp"

namespace catalog {
namespace {

// What shows of a relation in texts that go through another one is in its own rows.
bool is_of_relation(Oid catalog)
{
    return catalog == RelationRelationId || catalog == ConstraintRelationId || catalog == TriggerRelationId || catalog == RewriteRelationId ||
           catalog == AttrDefaultRelationId || catalog == PolicyRelationId;
}

}  // namespace

Stamps::Stamps() : context_(pg::call([] { return AllocSetContextCreate(CurrentMemoryContext, "langchef_guard catalog stamps", ALLOCSET_DEFAULT_SIZES); }))
{
    kept_ = pg::call([] { return KeptPages::take(likely_objects()); });
    try {
        find();
    } catch (...) {
        kept_->give_back(false);
        throw;
    }
}

void Stamps::find()
{
    const MemoryContext context = context_;
    KeptPages *const kept = kept_;
    const PassResult pass = pg::call([context, kept] {
        const MemoryContext caller = MemoryContextSwitchTo(context);
        const PassResult made = pass_over_catalogs(kept);
        MemoryContextSwitchTo(caller);
        return made;
    });
    common_ = pass.common;
    nodes_ = kept->nodes()->nodes();
    node_count_ = kept->nodes()->count();
    slots_ = kept->nodes()->slots();
    slot_mask_ = kept->nodes()->slot_mask();
    mentions_ = pass.mentions;
    mention_count_ = pass.mention_count;
    groups_ = pass.groups;
    group_count_ = pass.group_count;
}

Stamps::~Stamps()
{
    kept_->give_back(true);
    MemoryContextDelete(context_);
}

std::uint32_t Stamps::group_of(core::Address object) const
{
    for (std::uint32_t at = hash_of(object.objid) & slot_mask_; slots_[at] != 0; at = (at + 1) & slot_mask_) {
        const Node &node = nodes_[slots_[at] - 1];
        if (node.object == object.objid && node.catalog == object.classid) return node.group;
    }
    return no_group;
}

void Stamps::spread(std::vector<char> &marked) const
{
    std::vector<char> frontier = marked;
    for (bool first = true;; first = false) {
        std::vector<char> next(group_count_, 0);
        bool any = false;
        for (std::size_t i = 0; i < mention_count_; ++i) {
            const std::uint32_t from = nodes_[mentions_[i].node].group;
            if (marked[from] != 0) continue;
            const Oid object = mentions_[i].object;
            bool is_there = false;
            bool is_hit = false;
            for (std::uint32_t at = hash_of(object) & slot_mask_; slots_[at] != 0; at = (at + 1) & slot_mask_) {
                const Node &node = nodes_[slots_[at] - 1];
                if (node.object != object) continue;
                is_there = is_there || node.place != 0;
                is_hit = is_hit || (node.seen && frontier[node.group] != 0 && (first || !is_of_relation(node.catalog)));
            }
            if (!is_hit && (is_there || !first)) continue;
            marked[from] = next[from] = 1;
            any = true;
        }
        if (!any) return;
        frontier = std::move(next);
    }
}

std::vector<core::Address> Stamps::objects(const std::vector<char> &marked) const
{
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < node_count_; ++i) {
        if (nodes_[i].place != 0 && marked[nodes_[i].group] != 0) found.push_back(i);
    }
    std::sort(found.begin(), found.end(), [this](std::uint32_t left, std::uint32_t right) { return nodes_[left].place < nodes_[right].place; });
    std::vector<core::Address> addresses;
    addresses.reserve(found.size());
    for (const auto node : found) addresses.push_back(address_of(nodes_[node]));
    return addresses;
}

}  // namespace catalog
