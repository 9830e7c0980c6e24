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
    // A pass that ends with an error leaves nothing of use.
    std::unique_ptr<KeptPages, void (*)(KeptPages *)> unsound(kept_, [](KeptPages *kept) { kept->give_back(false); });
    find();
    unsound.release();
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
    nodes_ = kept->nodes();
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

core::Address Stamps::head(std::uint32_t number) const { return address_of((*nodes_)[groups_[number].head]); }

std::uint32_t Stamps::group_of(core::Address object) const
{
    const std::uint32_t found = nodes_->find(object.classid, object.objid);
    return found != no_node ? (*nodes_)[found].group : no_group;
}

void Stamps::spread(std::vector<char> &marked) const
{
    std::vector<char> frontier = marked;
    for (bool first = true;; first = false) {
        std::vector<char> next(group_count_, 0);
        bool any = false;
        for (std::size_t i = 0; i < mention_count_; ++i) {
            const std::uint32_t from = (*nodes_)[mentions_[i].node].group;
            if (marked[from] != 0) continue;
            bool is_there = false;
            bool is_hit = false;
            nodes_->each_with(mentions_[i].object, [&](const Node &node) {
                is_there = is_there || node.place != 0;
                is_hit = is_hit || (node.seen && frontier[node.group] != 0 && (first || !is_of_relation(node.catalog)));
            });
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
    std::vector<const Node *> found;
    for (std::uint32_t i = 0; i < nodes_->count(); ++i) {
        const Node &node = (*nodes_)[i];
        if (node.place != 0 && marked[node.group] != 0) found.push_back(&node);
    }
    std::sort(found.begin(), found.end(), [](const Node *left, const Node *right) { return left->place < right->place; });
    std::vector<core::Address> addresses;
    addresses.reserve(found.size());
    for (const auto *const node : found) addresses.push_back(address_of(*node));
    return addresses;
}

}  // namespace catalog
