#include <set>

#include "catalog/reader.hpp"
#include "ledger/append.hpp"
#include "ledger/baseline.hpp"
#include "ledger/capture.hpp"
#include "ledger/snapshot_scope.hpp"
#include "pg/scratch.hpp"
#include "settings.hpp"

namespace ledger {

void record_utility(const std::string &tag, const std::string &operation, const std::string &object_type,
                    const std::string &identity, core::Address address)
{
    const catalog::PinnedSettings pinned;
    const SnapshotScope snapshot;
    Subject subject;
    if (address.classid != InvalidOid) {
        address = catalog::containing_object(address);
        subject = describe(address);
        if (subject.temporary && !settings::record_temp()) return;
    }
    // What has a definition is recorded with it; TRUNCATE and the like change none.
    const bool defines = operation == "create" || operation == "alter" || operation == "drop";
    if (defines && has_reader(address)) {
        if (subject.identity.empty()) {
            subject = {address, object_type, {}, identity};
            ensure_baseline({subject});
            capture_drop(subject, tag, true, "utility");
            return;
        }
        if (catalog::is_recorded_object(address)) {
            ensure_baseline({subject});
            capture(subject, tag, Cause::named, "utility");
            return;
        }
    }
    Change change;
    change.source = "utility";
    change.command_tag = tag;
    change.operation = operation;
    change.object_type = object_type;
    change.schema_name = subject.schema_name;
    change.identity = identity;
    change.address = address;
    append(change, Images{});
}

void record_side_effects(const std::string &tag, const std::vector<SideEffect> &effects)
{
    if (effects.empty()) return;
    const catalog::PinnedSettings pinned;
    const SnapshotScope snapshot;
    std::vector<std::pair<Subject, Cause>> affected;
    std::vector<Subject> subjects;
    std::set<core::Address> seen;
    for (const SideEffect &effect : effects) {
        const core::Address address = catalog::containing_object(effect.address);
        if (!has_reader(address) || !seen.insert(address).second) continue;
        Subject subject = describe(address);
        if (subject.identity.empty()) continue;
        subjects.push_back(subject);
        affected.emplace_back(std::move(subject), effect.named ? Cause::named : Cause::indirect);
    }
    ensure_baseline(subjects);
    for (const auto &[subject, cause] : affected) {
        const pg::ScratchContext scratch;
        if (keeping_of(subject) == Keeping::definition) capture(subject, tag, cause, "utility");
    }
}

void record_mode_change(const char *before, const char *after, const std::string &tag)
{
    const SnapshotScope snapshot;
    Change change;
    change.source = "utility";
    change.command_tag = tag;
    change.operation = "other";
    change.object_type = "setting";
    change.identity = "langchef_guard.mode";
    const std::string name = R"("langchef_guard.mode")";
    change.difference = R"([{"op": "changed", "fact": )" + name + R"(, "kind": "setting", "attribute": "value", "before": ")" + before +
                        R"(", "after": ")" + after + R"("}])";
    append(change);
}

}  // namespace ledger
