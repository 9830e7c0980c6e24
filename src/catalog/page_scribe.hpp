#pragma once

#include "catalog/stamp_layout.hpp"
#include "core/catalog_survey.hpp"

namespace catalog {

// Stands for all objects that initdb made.
constexpr ObjectAddress common_object{InvalidOid, InvalidOid, 0};

// What a row is counted for that says so itself.  Of roles and the like there are no rows here, and an object is in a
// catalog: rows that somebody made by hand may say otherwise.
inline ObjectAddress counted_object(Oid catalog, Oid object)
{
    const bool is_elsewhere = catalog == AuthIdRelationId || catalog == TableSpaceRelationId || catalog >= FirstNormalObjectId;
    return is_elsewhere || is_systems(catalog, object) ? common_object : ObjectAddress{catalog, object, 0};
}

// Takes down what the rows on one page after the other say of objects, in the memory context that was current when it
// was made; inside pg::call only.
class PageScribe {
  public:
    // transaction: the caller's own, if it has a number.
    explicit PageScribe(TransactionId transaction) : context_(CurrentMemoryContext), own_(transaction) {}

    void begin_page();
    // Good until the next page.
    core::PageRows rows() const { return {common_, {runs_, run_count_}, {joins_, join_count_}, {mentions_, mention_count_}}; }

    // For each row of a page.
    //   object   what the row is counted for, common_object for none
    //   for_all  whether it may show in the facts of any object
    //   is_its   whether it is the object's own row, and not one of its parts'
    void count(ObjectAddress object, Oid catalog, HeapTuple tuple, bool for_all, bool is_its);
    void join(ObjectAddress object, Oid catalog, Oid other);
    void mention(ObjectAddress object, Oid other);

  private:
    MemoryContext context_;
    TransactionId own_;
    core::Stamp common_;
    core::PageRows::Run *runs_ = nullptr;
    core::PageRows::Join *joins_ = nullptr;
    core::PageRows::Mention *mentions_ = nullptr;
    std::size_t run_count_ = 0, run_room_ = 0;
    std::size_t join_count_ = 0, join_room_ = 0;
    std::size_t mention_count_ = 0, mention_room_ = 0;
};

}  // namespace catalog
