// The life of an object as the ledger has it.
#include <set>

#include "core/part_lives.hpp"
#include "core/shown.hpp"

#include "drift/history_name.hpp"
#include "drift/owner_session.hpp"
#include "pg/cursor.hpp"
#include "pg/entry.hpp"
#include "pg/jsonb.hpp"
#include "pg/scratch.hpp"
#include "pg/srf.hpp"

namespace {

constexpr long batch_size = 200;

// The addresses of all that ever had the name, each found by one step through the index.
constinit pg::Statement named_so{
    "WITH RECURSIVE found (classid, objid) AS ("
    " (SELECT l.classid, l.objid FROM langchef_guard.ledger l"
    "   WHERE pg_catalog.hashtextextended(l.identity, 0) OPERATOR(pg_catalog.=) pg_catalog.hashtextextended($1, 0) AND l.classid IS NOT NULL"
    "   ORDER BY l.classid, l.objid LIMIT 1)"
    " UNION ALL"
    " SELECT n.classid, n.objid FROM found f, LATERAL (SELECT l.classid, l.objid FROM langchef_guard.ledger l"
    "   WHERE pg_catalog.hashtextextended(l.identity, 0) OPERATOR(pg_catalog.=) pg_catalog.hashtextextended($1, 0)"
    "     AND ROW(l.classid, l.objid) OPERATOR(pg_catalog.>) ROW(f.classid, f.objid)"
    "   ORDER BY l.classid, l.objid LIMIT 1) n)"
    " SELECT f.classid, f.objid FROM found f",
    {TEXTOID}};

constinit pg::Statement named_so_before{
    "SELECT DISTINCT l.classid, l.objid FROM langchef_guard.ledger l"
    " WHERE l.difference OPERATOR(pg_catalog.@>) '[{\"attribute\": \"name\"}]' AND l.classid IS NOT NULL"
    "   AND pg_catalog.hashtextextended(pg_catalog.regexp_replace("
    "         COALESCE(l.definition_before OPERATOR(pg_catalog.->>) 'id', l.difference OPERATOR(pg_catalog.->) 0 OPERATOR(pg_catalog.->>) 'before'),"
    "         '^[a-z_]+:', ''), 0) OPERATOR(pg_catalog.=) pg_catalog.hashtextextended($1, 0)",
    {TEXTOID}};

// One row per difference, and one for a row that has none.
constinit pg::Statement rows_of_object{
    "SELECT l.id, l.operation, l.identity, l.object_type, l.definition_before OPERATOR(pg_catalog.->>) 'id',"
    "       l.definition_after OPERATOR(pg_catalog.->>) 'id', d.place, d.item OPERATOR(pg_catalog.->>) 'fact',"
    "       d.item OPERATOR(pg_catalog.->>) 'op', CASE WHEN d.item OPERATOR(pg_catalog.->>) 'attribute' OPERATOR(pg_catalog.=) 'name'"
    "       THEN d.item OPERATOR(pg_catalog.->>) 'before' END"
    "  FROM langchef_guard.ledger l"
    "  LEFT JOIN LATERAL pg_catalog.jsonb_array_elements("
    "       CASE WHEN pg_catalog.jsonb_typeof(l.difference) OPERATOR(pg_catalog.=) 'array' THEN l.difference END)"
    "       WITH ORDINALITY AS d (item, place) ON true"
    " WHERE l.classid OPERATOR(pg_catalog.=) $1 AND l.objid OPERATOR(pg_catalog.=) $2"
    " ORDER BY l.id, d.place",
    {OIDOID, OIDOID}};

constinit pg::Statement shown_row{
    "SELECT c.recorded_at, c.outer_role, c.command_tag, c.operation, c.identity, c.statement, c.migration,"
    "       COALESCE(c.revision_to, c.revision_before), c.source,"
    "       CASE WHEN $2 IS NULL THEN c.difference"
    "            ELSE (SELECT pg_catalog.jsonb_agg(d.item ORDER BY d.place)"
    "                    FROM pg_catalog.jsonb_array_elements(c.difference) WITH ORDINALITY AS d (item, place)"
    "                   WHERE d.place OPERATOR(pg_catalog.=) ANY ($2::bigint[])) END"
    "  FROM langchef_guard.changes c WHERE c.id OPERATOR(pg_catalog.=) $1",
    {INT8OID, TEXTOID}};

enum Column { id = 1, operation, identity, object_type, id_before, id_after, place, fact, op, old_id };

// A ledger row of the result.
struct Entry {
    std::string kind;
    std::int64_t ledger_id = 0;
    std::string part;         // its id at that time; empty where the whole object is meant
    std::vector<int> places;  // of the differences that are about the part
};

class Search {
  public:
    Search(drift::OwnerSession &session, drift::SoughtName &&sought) : session_(session), sought_(std::move(sought)) {}

    void find()
    {
        for (const auto &name : sought_.whole_identities()) add_addresses(named_so, name);
        for (const auto &name : sought_.whole_fact_names()) add_addresses(named_so_before, name);
        for (const auto &known : sought_.known()) {
            addresses_.insert(known.address);
            exists_ = exists_ || !sought_.is_part() || sought_.has_part(pg::facts_from_definition(known.definition));
        }
        for (const auto &address : addresses_) read(address);
        std::stable_sort(entries_.begin(), entries_.end(), [](const Entry &left, const Entry &right) { return left.kind < right.kind; });
    }

    const std::vector<Entry> &entries() const { return entries_; }
    bool is_known() const { return exists_ || !entries_.empty(); }

  private:
    // What the rows of an address tell of one object.
    struct Life {
        bool named = false;  // so at some time
        bool ended = false;
        std::vector<std::pair<std::int64_t, std::string>> rows;  // with the kind
        core::PartLives parts;
    };

    void add_addresses(pg::Statement &statement, const std::string &name)
    {
        const auto found = session_->query(statement, {pg::param(std::string_view(name))});
        for (std::uint64_t i = 0; i < found.size(); ++i) addresses_.insert({found.oid(i, 1), found.oid(i, 2), 0});
    }

    // There can be several objects: the server gave the number again, or a restore brought the rows of another database.
    void read(const core::Address &address)
    {
        pg::Cursor rows(rows_of_object, {pg::param_oid(address.classid), pg::param_oid(address.objid)});
        Life life;
        std::int64_t last = 0;
        for (;;) {
            const auto batch = rows.fetch(batch_size);
            if (batch.empty()) break;
            for (std::uint64_t row = 0; row < batch.size(); ++row) {
                const auto ledger_id = batch.int8(row, Column::id);
                if (ledger_id != last) {
                    if (batch.text(row, Column::operation) == "create" || life.ended) finish(life);
                    start_row(life, batch, row, ledger_id);
                    last = ledger_id;
                }
                if (!batch.is_null(row, Column::fact)) add_difference(life, batch, row, ledger_id);
            }
        }
        finish(life);
    }

    void start_row(Life &life, const pg::Rows &rows, std::uint64_t row, std::int64_t ledger_id)
    {
        const auto before = rows.text(row, Column::id_before);
        const auto after = rows.text(row, Column::id_after);
        const auto type = rows.text(row, Column::object_type);
        const auto &fact_id = after.empty() ? before : after;
        life.named = life.named || sought_.is_whole(before, type) || sought_.is_whole(after, type) ||
                     sought_.is_identity(rows.text(row, Column::identity), type, fact_id);
        life.ended = rows.text(row, Column::operation) == "drop";
        auto kind = fact_id.substr(0, fact_id.find(':'));
        if (kind.empty()) std::replace_copy(type.begin(), type.end(), std::back_inserter(kind), ' ', '_');
        life.rows.emplace_back(ledger_id, std::move(kind));
    }

    void add_difference(Life &life, const pg::Rows &rows, std::uint64_t row, std::int64_t ledger_id)
    {
        const core::PartEvent event{ledger_id, static_cast<int>(rows.int8(row, Column::place)), rows.text(row, Column::fact),
                                    rows.text(row, Column::op), rows.text(row, Column::old_id)};
        // Of an index, a key or a sequence that has no definition of its own.
        if (!event.old_id.empty()) life.named = life.named || sought_.is_whole(event.old_id, rows.text(row, Column::object_type));
        if (sought_.is_part()) life.parts.add(event);
    }

    void finish(Life &life)
    {
        if (life.named && !sought_.is_part()) {
            for (auto &[ledger_id, kind] : life.rows) entries_.push_back({std::move(kind), ledger_id, {}, {}});
        } else if (life.named) {
            for (auto &touch : life.parts.of(sought_.part_kind(), sought_.part_name())) {
                entries_.push_back({touch.fact.substr(0, touch.fact.find(':')), touch.ledger_id, touch.fact, std::move(touch.places)});
            }
        }
        life = {};
    }

    drift::OwnerSession &session_;
    drift::SoughtName sought_;
    std::set<core::Address> addresses_;
    std::vector<Entry> entries_;
    bool exists_ = false;
};

std::string array_text(const std::vector<int> &numbers)
{
    std::string out = "{";
    for (const auto number : numbers) {
        if (out.size() > 1) out += ',';
        out += std::to_string(number);
    }
    return out += '}';
}

void add_entry(pg::ResultSet &result, drift::OwnerSession &session, const Entry &entry)
{
    const bool whole = entry.part.empty();
    const auto found = session->query(shown_row, {pg::param(entry.ledger_id), whole ? pg::Parameter() : pg::param(std::string_view(array_text(entry.places)))});
    if (found.empty()) return;
    const auto name = whole ? found.value(0, 5) : pg::param(std::string_view(core::shown(core::object_of(entry.part))));
    result.add({pg::param(entry.ledger_id), found.value(0, 1), found.value(0, 2), found.value(0, 3), found.value(0, 4),
                pg::param(std::string_view(entry.kind)), name, found.value(0, 6), found.value(0, 7), found.value(0, 8), found.value(0, 9),
                found.value(0, 10)});
    session->release(found);
}

}  // namespace

// history(object text) returns table (...): the ledger rows of it, in their order.
LCG_FUNCTION(lcg_history)
{
    const auto given = pg::text_of(PG_GETARG_DATUM(0));
    pg::ResultSet result(fcinfo);
    drift::OwnerSession session;
    Search search(session, drift::SoughtName(core::read_object_name(given)));
    search.find();
    if (!search.is_known()) {
        throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT, "the ledger knows no object \"" + core::shown(given) + '"', {},
                             "Give a name with its schema, and a function's with the types of its arguments, such as 'public.prompts', "
                             "'public.prompts.version' or 'function public.f(integer)'.");
    }
    pg::ScratchContext scratch;
    for (const auto &entry : search.entries()) {
        add_entry(result, session, entry);
        scratch.reset();
    }
    return 0;
}
