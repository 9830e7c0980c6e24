#include "ledger/capture.hpp"

#include "catalog/reader.hpp"
#include "core/definition.hpp"
#include "intercept/command.hpp"
#include "ledger/append.hpp"
#include "ledger/image.hpp"
#include "ledger/known.hpp"
#include "ledger/own_change.hpp"
#include "ledger/snapshot_scope.hpp"
#include "pg/jsonb.hpp"
#include "pg/scratch.hpp"

namespace ledger {
namespace {

Change change_of(const Subject &subject, const std::string &tag, const std::string &operation, const std::string &source)
{
    Change change;
    change.source = source;
    change.command_tag = tag;
    change.operation = operation;
    change.object_type = subject.object_type;
    change.schema_name = subject.schema_name;
    change.identity = subject.identity;
    change.address = subject.address;
    change.in_extension = subject.in_extension;
    return change;
}

// Other commands that bring objects into being do so by rebuilding them.
bool makes_objects(const std::string &tag)
{
    return tag.starts_with("CREATE") || tag == "SELECT INTO" || tag == "IMPORT FOREIGN SCHEMA" || tag == "EXPLAIN";
}

// CREATE INDEX CONCURRENTLY has made its index in an earlier transaction.
bool is_created(const Subject &subject, const std::string &tag, Cause cause)
{
    if (!makes_objects(tag)) return false;
    return created_in_this_transaction(subject.address) || (tag == "CREATE INDEX" && cause == Cause::named);
}

std::int64_t capture_name(const Subject &subject, const std::string &tag, Cause cause, const std::string &source)
{
    if (cause != Cause::named && cause != Cause::unreadable) return 0;
    const bool created = makes_objects(tag) && created_in_this_transaction(subject.address);
    return append(change_of(subject, tag, created ? "create" : "alter", source), Images{});
}

// The definition last seen.  A row of the same name whose object is gone is
// this object's when the server gave it a new address (REINDEX CONCURRENTLY,
// an index rebuilt by ALTER TABLE); a new object inherits nothing from a
// namesake whose end went unseen.
std::optional<Known> last_seen(Held &&held, const Subject &subject, bool created)
{
    if (held.known) return std::move(held.known);
    std::optional<Known> known = find_renumbered(subject.object_type, subject.identity);
    if (known && created) {
        forget(*known);
        known.reset();
    }
    return known;
}

Datum jsonb_of(const std::vector<core::Difference> &differences) { return pg::jsonb_datum(core::differences_json(differences)); }

// The constraints that were described as the object's own.  They are described on when they
// become a part of the parent table's, so that what happened is said ("inherited"), and
// their end with the parent's is not lost.
std::vector<Oid> own_parts(const core::Facts &known, core::Address address)
{
    std::vector<Oid> own;
    if (address.classid != RelationRelationId) return own;
    for (const core::Fact &fact : known) {
        if (fact.address.classid == ConstraintRelationId) own.push_back(fact.address.objid);
    }
    return own;
}

// A constraint that was a part of its parent's until this transaction is no new one.
void tell_released(std::vector<core::Difference> &differences, const core::Facts &facts)
{
    for (core::Difference &difference : differences) {
        if (difference.op != "added" || difference.kind != "constraint") continue;
        const auto fact = std::find_if(facts.begin(), facts.end(), [&](const core::Fact &one) { return one.id == difference.fact; });
        if (fact == facts.end() || fact->address.classid != ConstraintRelationId || !was_inherited(fact->address.objid)) continue;
        difference.op = "changed";
        difference.attribute = "inherited";
        difference.before = true;
    }
}

// An object that exists and is none of its own any more: an index that was attached to its
// parent's or became a constraint's, a table that an extension took in.
std::int64_t capture_absorbed(const std::optional<Known> &known, const Subject &subject, const std::string &tag, const std::string &source)
{
    if (!known) return 0;
    Images images;
    images.before = known->definition;
    images.difference = jsonb_of(core::compare(pg::facts_from_definition(known->definition), {}));
    Change change = change_of(subject, tag, "alter", source);
    change.object_type = known->object_type;
    change.identity = known->identity;
    const std::int64_t row = append(change, images);
    forget(*known);
    return row;
}

// What differs from the definition last seen although the command did not do it: somebody did
// while nobody looked.  It gets a row that blames nobody, and the command only what it did.
void tell_unobserved(Known &known, core::Facts &before, const core::Facts &facts, const Subject &subject)
{
    const intercept::CurrentCommand *const command = intercept::current_command();
    // Of a command in several transactions only the last one is known.
    if (command == nullptr || command->transaction != pg::compat::local_transaction()) return;
    core::Facts found = core::found_state(before, facts, [](const core::Fact *was, const core::Fact *is) {
        const TransactionId writer = is != nullptr ? is->xmin : InvalidTransactionId;
        if (pg::call([writer] { return TransactionIdIsNormal(writer) && TransactionIdIsCurrentTransactionId(writer); })) return true;
        return changed_in_this_transaction(is != nullptr ? is->address : was->address);
    });
    if (found.empty()) return;
    const auto differences = core::compare(before, found, true);
    if (differences.empty()) return;
    Images images;
    images.before = known.definition;
    images.after = pg::jsonb_datum(core::definition_json(found));
    images.difference = jsonb_of(differences);
    known.ledger_id = append(change_of(subject, "unobserved", "alter", "unobserved"), images);
    known.definition = *images.after;
    before = std::move(found);
}

// The opposite: what was there before was no object to compare.
std::int64_t capture_released(const std::optional<Known> &known, const Subject &subject, core::Facts &&read, const std::string &tag,
                              const std::string &source)
{
    const auto [facts, after] = image_of(std::move(read));
    Images images;
    images.after = after;
    images.difference = jsonb_of(core::compare({}, facts));
    const std::int64_t row = append(change_of(subject, tag, "alter", source), images);
    remember({subject.address, subject.object_type, subject.identity, after, row}, known);
    return row;
}

std::int64_t capture_held(Held &&held, const Subject &subject, const std::string &tag, Cause cause, const std::string &source)
{
    // The definition as of now: it includes what others committed before the object was got.
    const SnapshotScope snapshot;
    core::Facts before;
    if (held.known) before = pg::facts_from_definition(held.known->definition);
    core::Facts read = catalog::read_object(subject.address, own_parts(before, subject.address));
    if (read.empty() || cause == Cause::absorbed) return capture_absorbed(held.known, subject, tag, source);
    // A transaction that releases several at once comes by the first of them again.
    const bool released = cause == Cause::released && (!held.known || was_extension_member(subject.address));
    if (released) return capture_released(held.known, subject, std::move(read), tag, source);
    const bool created = is_created(subject, tag, cause);
    const bool was_held = held.known.has_value();
    std::optional<Known> known = last_seen(std::move(held), subject, created);
    if (known && !was_held) before = pg::facts_from_definition(known->definition);
    const bool appeared = created || source == "unobserved";
    const auto [facts, after] = image_of(std::move(read));
    if (known && cause != Cause::unreadable && same_definition(known->definition, after)) return 0;
    const bool acted_on = cause == Cause::named || cause == Cause::unreadable;
    if (known && acted_on && source != "unobserved") tell_unobserved(*known, before, facts, subject);

    Images images;
    images.after = after;
    bool worth_a_row = true;
    if (known) {
        auto differences = core::compare(before, facts, true);
        tell_released(differences, facts);
        // What only follows the new name of its container is remembered without a row.
        worth_a_row = !differences.empty() || cause == Cause::unreadable;
        images.before = known->definition;
        if (!differences.empty()) images.difference = jsonb_of(differences);
    } else if (appeared) {
        images.difference = jsonb_of(core::compare({}, facts));
    } else {
        worth_a_row = cause != Cause::indirect;
    }
    const bool is_new = appeared && !known;
    const std::int64_t row = worth_a_row ? append(change_of(subject, tag, is_new ? "create" : "alter", source), images) : 0;
    KnownState state{subject.address, subject.object_type, subject.identity, after, std::nullopt};
    if (row != 0) {
        state.ledger_id = row;
    } else if (known) {
        state.ledger_id = known->ledger_id;
    }
    remember(state, known);
    return row;
}

std::int64_t capture_definition(const Subject &subject, const std::string &tag, Cause cause, const std::string &source)
{
    // What only follows a name elsewhere is not worth waiting for, which could end in a
    // deadlock: the next one to record it, or to look for drift, finds the difference.
    Held held = hold_known(subject.address, cause != Cause::indirect);
    if (!held.got) return 0;
    if (!held.renewed) return capture_held(std::move(held), subject, tag, cause, source);
    Subject renewed = describe(subject.address);
    renewed.in_extension = subject.in_extension;
    return renewed.identity.empty() ? 0 : capture_held(std::move(held), renewed, tag, cause, source);
}

}  // namespace

void hold_in_order(std::vector<core::Address> addresses)
{
    if (addresses.size() < 2) return;  // one alone is held when it is captured
    std::sort(addresses.begin(), addresses.end());
    for (const core::Address &address : addresses) {
        const pg::ScratchContext scratch;
        if (has_reader(address)) hold_known(address, true);
    }
}

std::int64_t capture(const Subject &subject, const std::string &tag, Cause cause, const std::string &source)
{
    switch (keeping_of(subject)) {
        case Keeping::definition: return capture_definition(subject, tag, cause, source);
        case Keeping::name_only: return capture_name(subject, tag, cause, source);
        case Keeping::not_at_all: break;
    }
    // The guard's own objects are no part of the schema it describes, but who may decide and who may write policy is
    // a change to be known of.
    if (subject.schema_name == "langchef_guard" && !subject.in_extension) return capture_name(subject, tag, cause, source);
    return 0;
}

std::int64_t capture_drop(const Subject &subject, const std::string &tag, bool named, const std::string &source)
{
    std::optional<Known> known = has_reader(subject.address) ? hold_known(subject.address, true).known : std::nullopt;
    if (!known && has_reader(subject.address)) known = find_renumbered(subject.object_type, subject.identity);
    if (!known && !named) return 0;
    Images images;
    if (known) {
        images.before = known->definition;
        images.difference = jsonb_of(core::compare(pg::facts_from_definition(known->definition), {}));
    }
    const std::int64_t row = append(change_of(subject, tag, "drop", source), images);
    if (known) forget(*known);
    return row;
}

}  // namespace ledger
