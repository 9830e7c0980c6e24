#include <set>

#include "catalog/reader.hpp"
#include "guard/installation.hpp"
#include "intercept/command.hpp"
#include "intercept/foreseen.hpp"
#include "ledger/baseline.hpp"
#include "ledger/event_list.hpp"
#include "ledger/revision.hpp"
#include "ledger/snapshot_scope.hpp"
#include "pg/entry.hpp"
#include "pg/scratch.hpp"
#include "scratch/process.hpp"
#include "settings.hpp"

namespace ledger {
namespace {

// Whether the event of the command is to be recorded.
bool is_recording()
{
    // A command that began while the guard was on is recorded, whatever another event trigger does to the mode meanwhile.
    const bool begun = intercept::current_command() != nullptr;
    if ((settings::mode() == settings::Mode::off && !begun) || IsBinaryUpgrade || scratch::in_scratch()) return false;
    const auto installation = guard::installation();
    if (!installation) return false;
    return !(creating_extension && CurrentExtensionObject == installation->extension);
}

const EventTriggerData *event_data(FunctionCallInfo fcinfo, const char *function)
{
    if (CALLED_AS_EVENT_TRIGGER(fcinfo)) return reinterpret_cast<const EventTriggerData *>(fcinfo->context);
    throw pg::GuardError(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED,
                         "function \"" + std::string(function) + "\" was not called by event trigger manager");
}

struct Affected {
    Subject subject;
    Cause cause;
    core::Address touched;     // the object or the part of it
    std::string renamed_from;  // name of that before the command, empty when it kept it
};

// What is no object of its own any more is looked for under its own address still.
core::Address address_of(const Touched &touched)
{
    return touched.cause == Cause::absorbed ? touched.address : catalog::containing_object(touched.address);
}

// The objects behind the touched addresses, each once, what is named first.
// What is named is held before it is described: its name is that of its definition.
std::vector<Affected> affected_objects(const std::vector<Touched> &touched)
{
    std::vector<Affected> affected;
    std::set<core::Address> seen;
    for (const Touched &one : touched) {
        if (one.cause != Cause::indirect && !one.in_extension) seen.insert(address_of(one));
    }
    // To write a query down the server waits for the tables it reads.  It is written a first time
    // while nobody can be waiting for what is held from then on.
    for (const core::Address &address : seen) {
        const pg::ScratchContext scratch;
        if (catalog::is_read_through_locks(address)) catalog::read_object(address);
    }
    hold_in_order({seen.begin(), seen.end()});
    seen.clear();
    for (const Touched &one : touched) {
        const core::Address address = address_of(one);
        if (!seen.insert(address).second) continue;
        // The row of the extension stands for what its script does to its members.
        if (one.in_extension && is_extension_member(address)) continue;
        if (one.cause == Cause::indirect && !has_reader(address)) continue;
        Subject subject = describe(address);
        if (subject.identity.empty()) continue;
        subject.in_extension = one.in_extension;
        affected.push_back({std::move(subject), one.cause, one.address, one.renamed_from});
    }
    return affected;
}

void record_command_end(const std::string &tag)
{
    const std::vector<Touched> touched = touched_objects();
    if (touched.empty()) return;
    std::vector<core::Address> altered;
    for (const Touched &one : touched) {
        if (one.address.classid == RelationRelationId) altered.push_back({one.address.classid, one.address.objid, 0});
    }
    intercept::require_foreseen_target(altered);
    const catalog::PinnedSettings pinned;
    const SnapshotScope snapshot;
    const std::vector<Affected> affected = affected_objects(touched);
    std::vector<Subject> subjects;
    for (const Affected &one : affected) {
        const core::Address address = one.subject.address;
        const bool is_guest = one.subject.schema_name == "langchef_guard" && created_in_this_transaction(address) && !is_extension_member(address);
        if (is_guest) intercept::refuse_guest(address, tag);
        subjects.push_back(one.subject);
    }
    ensure_baseline(subjects);
    for (const Affected &one : affected) {
        const pg::ScratchContext scratch;
        const bool recorded = capture(one.subject, tag, one.cause) != 0;
        if (!recorded && !one.renamed_from.empty()) record_renamed_part(one.subject, one.touched, one.renamed_from, tag);
        if (one.subject.address.classid == RelationRelationId) watch_if_version_table(one.subject.address.objid);
    }
}

// A table need not change with its index: what it says of a marked one goes with that.
void add_container(std::vector<Affected> &altered, const Dropped &dropped)
{
    const Cause cause = dropped.part || dropped.marked ? Cause::named : Cause::indirect;
    const core::Address address = catalog::containing_object(*dropped.container);
    for (Affected &one : altered) {
        if (one.subject.address != address) continue;
        if (cause == Cause::named) one.cause = cause;
        return;
    }
    Subject container = describe(address);
    if (!container.identity.empty()) altered.push_back({std::move(container), cause, address, {}});
}

void record_drop(const std::string &tag)
{
    const std::vector<Dropped> all = dropped_objects();
    const catalog::PinnedSettings pinned;
    for (const Dropped &dropped : all) {
        const bool concerns = dropped.cascaded || (dropped.named && !dropped.part);
        if (!concerns || dropped.subject.temporary) continue;
        intercept::require_foreseen_drop(dropped.subject.address, dropped.subject.object_type, dropped.subject.schema_name, dropped.subject.identity);
    }
    const SnapshotScope snapshot;
    std::vector<Subject> gone;
    std::vector<Affected> altered;
    for (const Dropped &dropped : all) {
        if (dropped.subject.temporary && !settings::record_temp()) continue;
        if (!dropped.part) gone.push_back(dropped.subject);
        if (dropped.container) add_container(altered, dropped);
    }
    for (const core::Address &address : unlinked_operators(all)) {
        Subject linked = describe(address);
        if (!linked.identity.empty()) altered.push_back({std::move(linked), Cause::indirect, address, {}});
    }
    std::vector<Subject> changed = gone;
    for (const Affected &one : altered) changed.push_back(one.subject);
    std::vector<core::Address> held;
    for (const Subject &one : gone) held.push_back(one.address);
    for (const Affected &one : altered) {
        if (one.cause == Cause::named) held.push_back(one.subject.address);
    }
    hold_in_order(std::move(held));
    ensure_baseline(changed);
    const bool drops_extension =
        std::any_of(gone.begin(), gone.end(), [](const Subject &one) { return one.address.classid == ExtensionRelationId; });
    for (const Dropped &dropped : all) {
        if (dropped.part || dropped.subject.schema_name == "langchef_guard") continue;
        if (dropped.subject.temporary && !settings::record_temp()) continue;
        // The row of the extension stands for its members.
        const pg::ScratchContext scratch;
        const bool named = dropped.named && !(drops_extension && was_extension_member(dropped.subject.address));
        capture_drop(dropped.subject, tag, named);
    }
    for (const Affected &one : altered) {
        const pg::ScratchContext scratch;
        capture(one.subject, tag, one.cause);
    }
}

}  // namespace
}  // namespace ledger

LCG_FUNCTION(lcg_ddl_command_end)
{
    const EventTriggerData *const data = ledger::event_data(fcinfo, "ddl_command_end");
    if (ledger::is_recording()) ledger::record_command_end(GetCommandTagName(data->tag));
    return Datum{0};
}

LCG_FUNCTION(lcg_sql_drop)
{
    const EventTriggerData *const data = ledger::event_data(fcinfo, "sql_drop");
    if (ledger::is_recording()) ledger::record_drop(GetCommandTagName(data->tag));
    return Datum{0};
}
