#include <unordered_map>

#include "core/json_reader.hpp"
#include "core/transaction_snapshot.hpp"

#include "drift/report.hpp"

#include "drift/environment.hpp"
#include "drift/renames.hpp"

namespace drift {
namespace {

constexpr long batch_size = 200;

// One row per difference that a ledger row names, and one for a row that names none.
constinit pg::Statement recorded_since{
    "SELECT l.id, l.xid::pg_catalog.text::pg_catalog.int8, l.command_tag, l.source,"
    "       d.item OPERATOR(pg_catalog.->>) 'fact', d.item OPERATOR(pg_catalog.->>) 'op',"
    "       d.item OPERATOR(pg_catalog.->>) 'attribute',"
    "       d.item OPERATOR(pg_catalog.->) 'before', d.item OPERATOR(pg_catalog.->) 'after',"
    "       l.subxid::pg_catalog.text::pg_catalog.int8"
    "  FROM langchef_guard.ledger l"
    "  LEFT JOIN LATERAL pg_catalog.jsonb_array_elements("
    "       CASE WHEN pg_catalog.jsonb_typeof(l.difference) OPERATOR(pg_catalog.=) 'array' THEN l.difference END) AS d (item) ON true"
    " WHERE " LCG_SINCE_REGISTRATION
    " ORDER BY l.id DESC",
    {INT8OID, INT8OID, TEXTOID, TEXTOID}};

enum Column { id = 1, xid, command, source, fact, operation, attribute, before, after, subxid };

// How well a ledger row explains a difference; a higher one wins, then a later row.
enum Strength { none, same_transaction, same_change, same_change_and_transaction };

struct Candidate {
    Strength strength = none;
    std::int64_t ledger_id = 0;
    bool unobserved = false;  // the row says that nobody saw it happen
};

core::Value json_value(const std::string &json)
{
    return json.empty() ? core::Value() : core::JsonReader(json, !needs_conversion()).value();
}

// A catalog row's xmin has 32 bits; rows older than two billion transactions are frozen.
std::uint64_t full_xid(std::uint32_t xmin, std::uint64_t next)
{
    if (xmin < FirstNormalTransactionId) return 0;
    std::uint64_t full = (next & ~std::uint64_t{0xffffffff}) | xmin;
    if (full >= next && full > 0xffffffff) full -= std::uint64_t{1} << 32;
    return full;
}

// What nobody recorded can still be told by its whole transaction while the server knows
// which one a subtransaction belongs to: until no snapshot can need it.
std::uint32_t top_transaction(std::uint32_t xmin)
{
    return pg::call([xmin] {
        const bool known = TransactionIdIsNormal(xmin) && TransactionIdFollowsOrEquals(xmin, TransactionXmin) &&
                           TransactionIdPrecedes(xmin, ReadNextTransactionId());
        return known ? SubTransGetTopmostTransaction(xmin) : xmin;
    });
}

class Search {
  public:
    // registered: names as they were, from where on later rows lead back to them.
    Search(const ExpectedSchema &schema, const std::vector<core::DriftRow> &rows, const core::Renames &registered)
        : rows_(rows), blames_(rows.size()), best_(rows.size()), named_(rows.size()), registered_(registered), since_(schema.ledger_id)
    {
        const bool same_cluster = schema.system_identifier == guard::system_identifier();
        const core::TransactionSnapshot over(schema.registered_snapshot);
        const auto was_over = [&](std::uint64_t xid) { return xid != schema.registered_xid && over.sees(xid); };
        const std::uint64_t next = U64FromFullTransactionId(pg::call([] { return ReadNextFullTransactionId(); }));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            blames_[i].xid = full_xid(top_transaction(rows[i].xmin), next);
            by_fact_.emplace(rows[i].fact, i);
            const auto &was = rows[i].registered.empty() ? rows[i].fact : rows[i].registered;
            if (auto now = registered.present(was); now.gone) by_fact_.emplace(std::move(now.id), i);
            written_by_.push_back(full_xid(rows[i].xmin, next));
            blames_[i].before = rows[i].operation == core::DriftOperation::missing
                                    ? schema.from_document
                                    : rows[i].xmin != 0 && same_cluster && was_over(blames_[i].xid);
        }
    }

    // Rows come from the last to the first.
    void consider(const pg::Rows &recorded, std::uint64_t row)
    {
        const auto ledger_id = recorded.int8(row, Column::id);
        const auto transaction = static_cast<std::uint64_t>(recorded.int8(row, Column::xid));
        const auto part = recorded.is_null(row, Column::subxid) ? 0 : static_cast<std::uint64_t>(recorded.int8(row, Column::subxid));
        if (part != 0) whole_of_[part] = transaction;
        if (may_have_side_effects(recorded, row)) last_of_.try_emplace(transaction, ledger_id);
        if (recorded.is_null(row, Column::fact)) return;
        const auto fact = recorded.text(row, Column::fact);
        const auto did = recorded.text(row, Column::operation);
        if (!registered_.empty()) go_back_to(ledger_id);
        if (recorded.text(row, Column::attribute) == "name") {
            consider_rename(recorded, row, ledger_id);
        } else {
            for (const auto at : rows_of(fact, did, ledger_id)) consider_change(recorded, row, {ledger_id, transaction, part}, at);
        }
        if (!registered_.empty()) {
            add_name_event(events_, fact, did, recorded.text(row, Column::attribute), recorded.text(row, Column::before), recorded.text(row, Column::after));
        }
    }

    std::vector<Blame> result()
    {
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            // The ledger tells the whole transaction of a subtransaction that a catalog row names.
            if (const auto whole = whole_of_.find(blames_[i].xid); whole != whole_of_.end()) blames_[i].xid = whole->second;
            for (const auto xid : {blames_[i].xid, written_by_[i]}) {
                if (const auto last = last_of_.find(xid); xid != 0 && last != last_of_.end()) offer(i, {same_transaction, last->second});
            }
            // A transaction whose rows name the fact, but not this change of it, did not make it.
            if (best_[i].strength == same_transaction && named_[i]) best_[i] = {};
        }
        for (std::size_t i = 0; i < rows_.size(); ++i) {
            // What the parent's removal or creation implies has its cause, when it has no other.
            std::size_t at = i;
            while (best_[at].strength == none && rows_[at].implied_by != core::no_row) at = rows_[at].implied_by;
            if (best_[at].unobserved) {
                blames_[i].before = false;
            } else {
                blames_[i].ledger_id = best_[at].ledger_id;
            }
        }
        return std::move(blames_);
    }

  private:
    bool is_of(std::size_t row, std::uint64_t transaction, std::uint64_t part) const
    {
        return blames_[row].xid == transaction || (part != 0 && blames_[row].xid == part);
    }

    struct Recorded {
        std::int64_t ledger_id;
        std::uint64_t transaction;
        std::uint64_t part;
    };

    void consider_change(const pg::Rows &recorded, std::uint64_t row, const Recorded &one, std::size_t at)
    {
        const bool unobserved = is_unobserved(recorded, row);
        const bool same = is_of(at, one.transaction, one.part);
        if (same && !unobserved) named_[at] = true;
        if (explains(recorded, row, rows_[at])) offer(at, {same && !unobserved ? same_change_and_transaction : same_change, one.ledger_id, unobserved});
    }

    // Names from then on; what is older than the registration has those of that time.
    void go_back_to(std::int64_t ledger_id)
    {
        if (ledger_id == events_.ledger_id) return;
        names_.undo(events_);
        events_ = {};
        events_.ledger_id = ledger_id;
    }

    // The differences in what a ledger row calls by that name.
    std::vector<std::size_t> rows_of(const std::string &fact, std::string_view did, std::int64_t ledger_id) const
    {
        std::vector<std::size_t> found;
        const auto add = [&](const std::string &id) {
            const auto [first, last] = by_fact_.equal_range(id);
            for (auto at = first; at != last; ++at) found.push_back(at->second);
        };
        if (registered_.empty()) {
            add(fact);
            return found;
        }
        const bool older = ledger_id <= since_;
        if (did == "removed" && !older) add(core::Renames::gone(ledger_id, fact).id);
        if (!found.empty()) return found;
        const auto now = older ? registered_.present(fact) : names_.present(fact);
        add(now.id);
        if (found.empty() && (now.gone || did == "removed")) add(fact);
        return found;
    }

    // Values of a name are fact ids: one is missing now, the other unexpected, or it is known for the same.
    void consider_rename(const pg::Rows &recorded, std::uint64_t row, std::int64_t ledger_id)
    {
        const auto offer_to = [&](const std::string &id, core::DriftOperation operation_found) {
            const auto [first, last] = by_fact_.equal_range(id);
            for (auto at = first; at != last; ++at) {
                if (rows_[at->second].operation == operation_found) offer(at->second, {same_change, ledger_id, is_unobserved(recorded, row)});
            }
        };
        const auto after = json_text(recorded.text(row, Column::after));
        offer_to(json_text(recorded.text(row, Column::before)), core::DriftOperation::missing);
        offer_to(after, core::DriftOperation::unexpected);
        if (!registered_.empty() && ledger_id > since_) offer_to(names_.present(after).id, core::DriftOperation::renamed);
    }

    // A command may change more than its ledger row names (REASSIGN OWNED, a
    // partition by a command on its parent): the catalog row tells by its transaction.
    static bool may_have_side_effects(const pg::Rows &recorded, std::uint64_t row)
    {
        const auto did = recorded.text(row, Column::command);
        // What is said of drift (ACCEPT DRIFT and its like) changes nothing in the schema.
        return did != "SET" && did != "RESET" && !did.ends_with(" DRIFT") && !is_unobserved(recorded, row);
    }

    static bool is_unobserved(const pg::Rows &recorded, std::uint64_t row) { return recorded.text(row, Column::source) == "unobserved"; }

    // Whether the row says that the fact is inherited in the state of the column.
    static bool changes_inheritance(const pg::Rows &recorded, std::uint64_t row, Column state)
    {
        return recorded.text(row, Column::operation) == "changed" && recorded.text(row, Column::attribute) == "inherited" &&
               !recorded.is_null(row, state);
    }

    bool explains(const pg::Rows &recorded, std::uint64_t row, const core::DriftRow &difference) const
    {
        const auto did = recorded.text(row, Column::operation);
        switch (difference.operation) {
            // What became a part of its parent's is not described any more, and the other way round.
            case core::DriftOperation::missing: return did == "removed" || changes_inheritance(recorded, row, Column::after);
            case core::DriftOperation::unexpected: return did == "added" || changes_inheritance(recorded, row, Column::before);
            case core::DriftOperation::not_compared: return false;
            case core::DriftOperation::renamed:
                if (difference.attribute.empty()) return false;
                break;
            case core::DriftOperation::changed: break;
        }
        if (did == "added") return true;
        // To the ledger, which leaves members to their extension, it went.
        if (did == "removed" && difference.attribute == "extension") return true;
        if (did != "changed" || recorded.text(row, Column::attribute) != difference.attribute) return false;
        // A change to another value was overwritten by one that nobody saw.
        return json_value(recorded.text(row, Column::after)) == difference.actual;
    }

    void offer(std::size_t row, Candidate candidate)
    {
        auto &best = best_[row];
        if (std::pair(candidate.strength, candidate.ledger_id) > std::pair(best.strength, best.ledger_id)) best = candidate;
    }

    const std::vector<core::DriftRow> &rows_;
    std::vector<Blame> blames_;
    std::vector<Candidate> best_;
    std::vector<bool> named_;
    std::unordered_multimap<std::string, std::size_t> by_fact_;
    std::vector<std::uint64_t> written_by_;                          // transaction in the catalog row, per row
    std::unordered_map<std::uint64_t, std::uint64_t> whole_of_;      // transaction of a subtransaction
    std::unordered_map<std::uint64_t, std::int64_t> last_of_;        // last ledger row of a transaction
    const core::Renames &registered_;
    std::int64_t since_;
    core::Renames names_;      // as they were after the row that is looked at
    core::NameEvents events_;  // of that row
};

}  // namespace

std::vector<Blame> find_blame(const ExpectedSchema &schema, const std::vector<core::DriftRow> &rows, const core::Renames &renames)
{
    if (rows.empty()) return {};
    Search search(schema, rows, renames);
    // A document may describe what the database should have been all along.
    const RegistrationBounds bounds(schema, schema.from_document ? 0 : schema.ledger_id);
    pg::Cursor recorded(recorded_since, {bounds.since, bounds.system_identifier, bounds.snapshot, bounds.transaction});
    for (;;) {
        const auto batch = recorded.fetch(batch_size);
        if (batch.empty()) break;
        for (std::uint64_t row = 0; row < batch.size(); ++row) search.consider(batch, row);
    }
    return search.result();
}

}  // namespace drift
