// resync(): what changed while nothing looked is put on record, and blames nobody.
#include "catalog/reader.hpp"
#include "guard/installation.hpp"
#include "ledger/baseline.hpp"
#include "ledger/capture.hpp"
#include "ledger/image.hpp"
#include "ledger/known.hpp"
#include "ledger/snapshot_scope.hpp"
#include "pg/entry.hpp"
#include "pg/scratch.hpp"

namespace ledger {
namespace {

constexpr const char *unobserved = "unobserved";

bool is_as_known(core::Address address, core::Facts &&facts)
{
    const std::optional<Known> known = find_at(address);
    return known && same_definition(known->definition, image_of(std::move(facts)).definition);
}

// Objects that differ from what was last seen of them, and new ones.  Each is read again when
// it is captured, so that nobody's change of this moment is taken for one that went unseen.
std::int64_t record_changed(std::set<core::Address> &present)
{
    std::vector<core::Address> changed;
    catalog::read_database(catalog::Order::by_name, [&](core::Facts &&facts) {
        const core::Address address = facts.front().address;
        present.insert(address);
        const pg::ScratchContext scratch;
        if (!is_as_known(address, std::move(facts))) changed.push_back(address);
    });
    std::int64_t count = 0;
    for (const core::Address address : changed) {
        const pg::ScratchContext scratch;
        const Subject subject = describe(address);
        if (!subject.identity.empty() && capture(subject, unobserved, Cause::named, unobserved) != 0) ++count;
    }
    return count;
}

// Objects that were seen, and are gone or no longer stand for themselves.
std::int64_t record_gone(const std::set<core::Address> &present)
{
    std::vector<Subject> gone;
    each_known([&](const core::Address &address, const std::string &object_type, const std::string &identity) {
        if (present.contains(address)) return;
        Subject subject;
        subject.address = address;
        subject.object_type = object_type;
        subject.identity = identity;
        gone.push_back(std::move(subject));
    });
    std::int64_t count = 0;
    for (const Subject &subject : gone) {
        const pg::ScratchContext scratch;
        const Subject now = describe(subject.address);
        const std::int64_t row = now.identity.empty() ? capture_drop(subject, unobserved, true, unobserved)
                                                      : capture(now, unobserved, Cause::named, unobserved);
        if (row != 0) ++count;
    }
    return count;
}

std::int64_t resync()
{
    const catalog::PinnedSettings pinned;
    const SnapshotScope snapshot;
    ensure_baseline({});
    std::set<core::Address> present;
    const std::int64_t changed = record_changed(present);
    return changed + record_gone(present);
}

}  // namespace
}  // namespace ledger

LCG_FUNCTION(lcg_resync)
{
    guard::installed();
    return Int64GetDatum(ledger::resync());
}
