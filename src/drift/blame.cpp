#include <unordered_map>

#include "core/json_reader.hpp"
#include "core/transaction_snapshot.hpp"

#include "drift/report.hpp"

#include "drift/environment.hpp"
#include "pg/cursor.hpp"

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
    " WHERE (l.id OPERATOR(pg_catalog.>) $1"
    "        OR (l.xid OPERATOR(pg_catalog.>=) pg_catalog.pg_snapshot_xmin($3::pg_catalog.pg_snapshot)"
    "            AND l.xid OPERATOR(pg_catalog.<>) $4::pg_catalog.xid8"
    "            AND NOT pg_catalog.pg_visible_in_snapshot(l.xid, $3::pg_catalog.pg_snapshot)))"
    "   AND l.system_identifier OPERATOR(pg_catalog.=) $2"
    " ORDER BY l.id",
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
    Search(const ExpectedSchema &schema, const std::vector<core::DriftRow> &rows) : rows_(rows), blames_(rows.size()), best_(rows.size()), named_(rows.size())
    {
        const bool same_cluster = schema.system_identifier == guard::system_identifier();
        const core::TransactionSnapshot registered(schema.registered_snapshot);
        const auto was_over = [&](std::uint64_t xid) { return xid != schema.registered_xid && registered.sees(xid); };
        const std::uint64_t next = U64FromFullTransactionId(pg::call([] { return ReadNextFullTransactionId(); }));
        for (std::size_t i = 0; i < rows.size(); ++i) {
            blames_[i].xid = full_xid(top_transaction(rows[i].xmin), next);
            by_fact_.emplace(rows[i].fact, i);
            written_by_.push_back(full_xid(rows[i].xmin, next));
            blames_[i].before = rows[i].operation == core::DriftOperation::missing
                                    ? schema.from_document
                                    : rows[i].xmin != 0 && same_cluster && was_over(blames_[i].xid);
        }
    }

    void consider(const pg::Rows &recorded, std::uint64_t row)
    {
        const auto ledger_id = recorded.int8(row, Column::id);
        const auto transaction = static_cast<std::uint64_t>(recorded.int8(row, Column::xid));
        const auto part = recorded.is_null(row, Column::subxid) ? 0 : static_cast<std::uint64_t>(recorded.int8(row, Column::subxid));
        if (part != 0) whole_of_[part] = transaction;
        // Rows come in the order of their ids: the last one stands.
        if (may_have_side_effects(recorded, row)) last_of_[transaction] = ledger_id;
        if (recorded.is_null(row, Column::fact)) return;
        if (recorded.text(row, Column::attribute) == "name") {
            consider_rename(recorded, row, ledger_id);
            return;
        }
        const auto named = recorded.text(row, Column::fact);
        const auto [first, last] = by_fact_.equal_range(named);
        for (auto at = first; at != last; ++at) {
            const bool same = is_of(at->second, transaction, part);
            if (same && !is_unobserved(recorded, row)) named_[at->second] = true;
            if (!explains(recorded, row, rows_[at->second])) continue;
            const bool unobserved = is_unobserved(recorded, row);
            offer(at->second, {same && !unobserved ? same_change_and_transaction : same_change, ledger_id, unobserved});
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

    // Values of a name are fact ids: one is missing now, the other unexpected.
    void consider_rename(const pg::Rows &recorded, std::uint64_t row, std::int64_t ledger_id)
    {
        const auto offer_to = [&](Column column, core::DriftOperation operation_found) {
            const auto value = json_value(recorded.text(row, column));
            const auto *const named = std::get_if<std::string>(&value);
            if (named == nullptr) return;
            const auto [first, last] = by_fact_.equal_range(*named);
            for (auto at = first; at != last; ++at) {
                if (rows_[at->second].operation == operation_found) offer(at->second, {same_change, ledger_id, is_unobserved(recorded, row)});
            }
        };
        offer_to(Column::before, core::DriftOperation::missing);
        offer_to(Column::after, core::DriftOperation::unexpected);
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
};

}  // namespace

std::vector<Blame> find_blame(const ExpectedSchema &schema, const std::vector<core::DriftRow> &rows)
{
    if (rows.empty()) return {};
    Search search(schema, rows);
    // A document may describe what the database should have been all along.
    const std::int64_t since = schema.from_document ? 0 : schema.ledger_id;
    const std::string registered_by = std::to_string(schema.registered_xid);
    // Another cluster's transactions say nothing here: none of this one's was under way.
    const std::string_view all_over = "9223372036854775807:9223372036854775807:";
    const bool same_cluster = schema.system_identifier == guard::system_identifier();
    pg::Cursor recorded(recorded_since, {pg::param(since), pg::param(guard::system_identifier()),
                                         pg::param(same_cluster ? std::string_view(schema.registered_snapshot) : all_over),
                                         pg::param(std::string_view(registered_by))});
    for (;;) {
        const auto batch = recorded.fetch(batch_size);
        if (batch.empty()) break;
        for (std::uint64_t row = 0; row < batch.size(); ++row) search.consider(batch, row);
    }
    return search.result();
}

}  // namespace drift
