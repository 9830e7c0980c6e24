#include "core/snapshot.hpp"

#include "drift/past.hpp"

#include "drift/digest.hpp"
#include "drift/environment.hpp"
#include "pg/cursor.hpp"
#include "pg/jsonb.hpp"
#include "pg/scratch.hpp"

namespace drift {
namespace {

constexpr long batch_size = 200;

// A transaction's changes are there from its last one on: the nearest to its commit that the ledger knows.
constinit pg::Statement changes_after{
    "SELECT l.definition_before, l.definition_after FROM langchef_guard.ledger l"
    " WHERE l.operation OPERATOR(pg_catalog.=) ANY (ARRAY['create', 'alter', 'drop'])"
    "   AND (l.definition_before IS NOT NULL OR l.definition_after IS NOT NULL)"
    "   AND l.xid OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT DISTINCT o.xid FROM langchef_guard.ledger o"
    "                                                 WHERE o.recorded_at OPERATOR(pg_catalog.>) $1))"
    // What an extension's script makes on its way is no change of the schema.
    "   AND NOT EXISTS (SELECT FROM langchef_guard.ledger e"
    "                    WHERE e.xid OPERATOR(pg_catalog.=) l.xid AND e.statement OPERATOR(pg_catalog.=) l.statement"
    "                      AND e.object_type OPERATOR(pg_catalog.=) 'extension' AND e.id OPERATOR(pg_catalog.<>) l.id"
    "                      AND e.operation OPERATOR(pg_catalog.=) ANY (ARRAY['create', 'alter']))"
    " ORDER BY l.id DESC",
    {TIMESTAMPTZOID}};

// The time from which on the ledger holds every change: that of the first row that was left by prune(), or of the
// baseline that CREATE EXTENSION read.
constinit pg::Statement reach{
    "SELECT CASE WHEN EXISTS (SELECT FROM langchef_guard.seal s WHERE s.pruned_at IS NOT NULL)"
    "            THEN (SELECT l.recorded_at FROM langchef_guard.ledger l ORDER BY l.id LIMIT 1)"
    "            ELSE LEAST((SELECT l.recorded_at FROM langchef_guard.ledger l ORDER BY l.id LIMIT 1),"
    "                       (SELECT pg_catalog.min(k.seen_at) FROM langchef_guard.known_object k WHERE k.ledger_id IS NULL)) END",
    {}};

std::string time_text(TimestampTz at)
{
    return pg::text_of(pg::call([at] { return timestamptz_to_str(at); }));
}

void check_time(OwnerSession &session, TimestampTz at)
{
    if (at > pg::call([] { return GetCurrentTimestamp(); })) {
        throw pg::GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "time " + time_text(at) + " has not come yet");
    }
    const auto found = session->query(reach, {});
    if (found.is_null(0, 1)) return;
    const TimestampTz first = found.int8(0, 1);
    if (at >= first) return;
    throw pg::GuardError(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE, "the ledger does not reach back to " + time_text(at),
                         "It holds every change since " + time_text(first) + '.', "Choose a later time.");
}

}  // namespace

Earlier earlier_facts(OwnerSession &session, TimestampTz at)
{
    check_time(session, at);
    Earlier earlier;
    pg::Cursor cursor(changes_after, {pg::Parameter(TimestampTzGetDatum(at))});
    for (auto batch = cursor.fetch(batch_size); !batch.empty(); batch = cursor.fetch(batch_size)) {
        pg::ScratchContext scratch;
        for (std::uint64_t row = 0; row < batch.size(); ++row) {
            if (!batch.is_null(row, 2)) {
                for (const auto &fact : pg::facts_from_definition(batch.value(row, 2).value)) earlier.insert_or_assign(to_utf8(fact.id), std::nullopt);
            }
            if (!batch.is_null(row, 1)) {
                for (auto &fact : pg::facts_from_definition(batch.value(row, 1).value)) {
                    auto key = to_utf8(fact.id);
                    earlier.insert_or_assign(std::move(key), std::move(fact));
                }
            }
            scratch.reset();
        }
    }
    return earlier;
}

PastFacts::PastFacts(LiveFacts &live, const Earlier &earlier) : live_(live), earlier_(earlier), at_(earlier.begin())
{
    for (const auto &[key, fact] : earlier) {
        if (!fact && key.starts_with("extension:")) later_extensions_.insert(key);
    }
    if (later_extensions_.empty()) return;
    // Members are not in the ledger: they came with their extension, and so do their parts.
    while (live_.next()) {
        const auto fact = live_.fact();
        if (is_of_later_extension(fact)) later_members_.insert(fact.id);
    }
    live_.rewind();
}

bool PastFacts::is_of_later_extension(const core::Fact &fact) const
{
    const auto extension = fact.payload.find("extension");
    const auto *const name = extension != fact.payload.end() ? std::get_if<std::string>(&extension->second) : nullptr;
    return name != nullptr && later_extensions_.contains(to_utf8(core::fact_id("extension", {*name})));
}

bool PastFacts::next_live()
{
    while (live_.next()) {
        if (earlier_.contains(live_.key())) continue;
        if (later_members_.empty()) return true;
        const auto fact = live_.fact();
        if (!later_members_.contains(fact.id) && !later_members_.contains(fact.parent)) return true;
    }
    return false;
}

bool PastFacts::next_earlier()
{
    while (at_ != earlier_.end() && !at_->second) ++at_;
    return at_ != earlier_.end();
}

bool PastFacts::next()
{
    if (!live_read_) {
        in_live_ = next_live();
        live_read_ = true;
    }
    const bool has_earlier = next_earlier();
    if (!in_live_ && !has_earlier) return false;
    from_live_ = in_live_ && (!has_earlier || live_.key() < at_->first);
    if (from_live_) {
        key_ = live_.key();
        canonical_ = live_.canonical();
        digest_ = live_.digest();
        live_read_ = false;
    } else {
        key_ = at_->first;
        canonical_ = core::canonical_text(*at_->second);
        digest_ = digest_of(canonical_);
        ++at_;
    }
    return true;
}

core::Fact PastFacts::fact() const { return core::read_fact_line(core::fact_line(canonical_, digest_), !needs_conversion()).fact; }

bool PastFacts::rewind()
{
    at_ = earlier_.begin();
    live_read_ = false;
    return live_.rewind();
}

}  // namespace drift
