#include "intercept/closure.hpp"

#include <map>

#include "pg/call.hpp"

namespace intercept {
namespace {

struct Edge {
    core::Address dependent;
    char type;
};

// Edges of pg_depend around one object, gathered by plain C code into palloc'd memory.
struct Edges {
    Edge *items;
    int count;
};

void add_edge(Edges &edges, int &capacity, const Edge &edge)
{
    if (edges.count == capacity) {
        capacity = capacity == 0 ? 16 : capacity * 2;
        edges.items = edges.items == nullptr ? static_cast<Edge *>(palloc(sizeof(Edge) * static_cast<Size>(capacity)))
                                             : static_cast<Edge *>(repalloc(edges.items, sizeof(Edge) * static_cast<Size>(capacity)));
    }
    edges.items[edges.count++] = edge;
}

// Scans pg_depend by dependent (objects this one needs) or by referenced object (what needs it).
Edges scan_depend(core::Address address, bool by_referenced)
{
    Edges edges{nullptr, 0};
    int capacity = 0;
    const Relation depend = table_open(DependRelationId, AccessShareLock);
    ScanKeyData keys[3];
    int key_count = 2;
    ScanKeyInit(&keys[0], by_referenced ? Anum_pg_depend_refclassid : Anum_pg_depend_classid, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(address.classid));
    ScanKeyInit(&keys[1], by_referenced ? Anum_pg_depend_refobjid : Anum_pg_depend_objid, BTEqualStrategyNumber, F_OIDEQ,
                ObjectIdGetDatum(address.objid));
    if (address.objsubid != 0) {
        ScanKeyInit(&keys[2], by_referenced ? Anum_pg_depend_refobjsubid : Anum_pg_depend_objsubid, BTEqualStrategyNumber, F_INT4EQ,
                    Int32GetDatum(address.objsubid));
        key_count = 3;
    }
    const SysScanDesc scan =
        systable_beginscan(depend, by_referenced ? DependReferenceIndexId : DependDependerIndexId, true, nullptr, key_count, keys);
    for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
        const auto *const row = reinterpret_cast<Form_pg_depend>(GETSTRUCT(tuple));
        const core::Address other = by_referenced ? core::Address{row->classid, row->objid, row->objsubid}
                                                  : core::Address{row->refclassid, row->refobjid, row->refobjsubid};
        add_edge(edges, capacity, Edge{other, row->deptype});
    }
    systable_endscan(scan);
    table_close(depend, AccessShareLock);
    CHECK_FOR_INTERRUPTS();
    return edges;
}

// A rewrite rule of a view and the like are internal to what the user sees: going there.
core::Address owner_of_internal(core::Address address)
{
    const Edges edges = pg::call([address] { return scan_depend(address, false); });
    core::Address owner = address;
    for (int i = 0; i < edges.count; ++i) {
        if (edges.items[i].type == DEPENDENCY_INTERNAL) owner = edges.items[i].dependent;
    }
    if (edges.items != nullptr) pg::call([&edges] { pfree(edges.items); });
    return owner;
}

class Closure {
  public:
    explicit Closure(bool cascade) : cascade_(cascade) {}

    void walk(const std::vector<core::Address> &originals)
    {
        for (const auto &original : originals) add(original, Reason::named, original);
        while (next_ < queue_.size()) visit(queue_[next_++]);
    }

    std::vector<Dropped> result() const
    {
        std::vector<Dropped> dropped;
        for (const auto &address : queue_) {
            const auto &[reason, from] = seen_.at(address);
            if (reason == Reason::part) dropped.push_back({address, Reach::part, from});
            if (reason == Reason::cascade) dropped.push_back({address, Reach::cascade, from});
            if (reason == Reason::part_of_cascade) dropped.push_back({address, Reach::part_of_cascade, from});
        }
        return dropped;
    }

  private:
    enum class Reason { named, part, cascade, part_of_cascade };

    struct Seen {
        Reason reason;
        core::Address from;
    };

    void add(core::Address address, Reason reason, core::Address from)
    {
        // A column goes with its table.
        if (address.objsubid != 0 && seen_.count({address.classid, address.objid, 0}) > 0) return;
        if (seen_.emplace(address, Seen{reason, from}).second) queue_.push_back(address);
    }

    void visit(core::Address address)
    {
        const Reason reason = seen_.at(address).reason;
        const Edges edges = pg::call([address] { return scan_depend(address, true); });
        for (int i = 0; i < edges.count; ++i) follow(edges.items[i], address, reason);
        if (edges.items != nullptr) pg::call([&edges] { pfree(edges.items); });
    }

    void follow(const Edge &edge, core::Address source, Reason from)
    {
        const bool beyond = from == Reason::cascade || from == Reason::part_of_cascade;
        switch (edge.type) {
            case DEPENDENCY_NORMAL:
                if (cascade_) {
                    const core::Address owner = owner_of_internal(edge.dependent);
                    add(owner, Reason::cascade, source);
                }
                break;
            case DEPENDENCY_AUTO:
            case DEPENDENCY_INTERNAL:
            case DEPENDENCY_PARTITION_PRI:
            case DEPENDENCY_PARTITION_SEC:
            case DEPENDENCY_EXTENSION:
            case DEPENDENCY_AUTO_EXTENSION: add(edge.dependent, beyond ? Reason::part_of_cascade : Reason::part, source); break;
            default: break;
        }
    }

    bool cascade_;
    std::map<core::Address, Seen> seen_;
    std::vector<core::Address> queue_;
    std::size_t next_ = 0;
};

}  // namespace

std::vector<Dropped> drop_closure(const std::vector<core::Address> &originals, bool cascade)
{
    Closure closure(cascade);
    closure.walk(originals);
    return closure.result();
}

}  // namespace intercept
