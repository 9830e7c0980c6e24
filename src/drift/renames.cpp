#include "drift/renames.hpp"

#include "core/json_reader.hpp"
#include "core/rename_cause.hpp"
#include "drift/environment.hpp"

namespace drift {
namespace {

constexpr long batch_size = 200;

// By the index on such rows.
constinit pg::Statement any_rename{
    "SELECT 1 FROM langchef_guard.ledger l"
    " WHERE (l.difference OPERATOR(pg_catalog.@>) '[{\"attribute\": \"name\"}]'"
    "        OR l.difference OPERATOR(pg_catalog.@>) '[{\"attribute\": \"labels\"}]') AND " LCG_SINCE_REGISTRATION " LIMIT 1",
    {INT8OID, INT8OID, TEXTOID, TEXTOID}};

// Of what was renamed, all that happened to it and its parts: what ended or began under a name matters only where a
// rename leads there.
constinit pg::Statement name_events{
    "WITH renamed AS MATERIALIZED (SELECT DISTINCT l.classid, l.objid FROM langchef_guard.ledger l"
    "   WHERE (l.difference OPERATOR(pg_catalog.@>) '[{\"attribute\": \"name\"}]'"
    "          OR l.difference OPERATOR(pg_catalog.@>) '[{\"attribute\": \"labels\"}]') AND " LCG_SINCE_REGISTRATION ")"
    " SELECT l.id, d.item OPERATOR(pg_catalog.->>) 'fact', d.item OPERATOR(pg_catalog.->>) 'op',"
    "        d.item OPERATOR(pg_catalog.->>) 'attribute', d.item OPERATOR(pg_catalog.->) 'before', d.item OPERATOR(pg_catalog.->) 'after'"
    "   FROM renamed r, langchef_guard.ledger l, LATERAL pg_catalog.jsonb_array_elements("
    "        CASE WHEN pg_catalog.jsonb_typeof(l.difference) OPERATOR(pg_catalog.=) 'array' THEN l.difference END) AS d (item)"
    "  WHERE l.classid OPERATOR(pg_catalog.=) r.classid AND l.objid OPERATOR(pg_catalog.=) r.objid AND " LCG_SINCE_REGISTRATION
    "    AND (d.item OPERATOR(pg_catalog.->>) 'op' OPERATOR(pg_catalog.<>) 'changed'"
    "         OR d.item OPERATOR(pg_catalog.->>) 'attribute' OPERATOR(pg_catalog.=) ANY ('{name,labels}'))"
    "  ORDER BY l.id DESC",
    {INT8OID, INT8OID, TEXTOID, TEXTOID}};

enum Column { id = 1, fact, operation, attribute, before, after };

std::size_t labels_in(const std::string &json)
{
    const auto value = core::JsonReader(json, !needs_conversion()).value();
    const auto *const list = std::get_if<core::List>(&value);
    return list != nullptr ? list->size() : 0;
}

}  // namespace

// Another cluster's transactions say nothing here: none of this one's was under way.
RegistrationBounds::RegistrationBounds(const ExpectedSchema &schema, std::int64_t since_row)
    : since(pg::param(since_row)), system_identifier(pg::param(guard::system_identifier()))
{
    const std::string_view all_over = "9223372036854775807:9223372036854775807:";
    const bool same_cluster = schema.system_identifier == guard::system_identifier();
    snapshot = pg::param(same_cluster ? std::string_view(schema.registered_snapshot) : all_over);
    transaction = pg::param(std::string_view(std::to_string(schema.registered_xid)));
}

std::string json_text(const std::string &json)
{
    if (json.empty()) return {};
    const auto value = core::JsonReader(json, !needs_conversion()).value();
    const auto *const text = std::get_if<std::string>(&value);
    return text != nullptr ? *text : std::string();
}

void add_name_event(core::NameEvents &events, const std::string &fact, std::string_view operation, std::string_view attribute,
                    const std::string &before, const std::string &after)
{
    if (operation == "added") {
        events.added.push_back(fact);
    } else if (operation == "removed") {
        events.removed.push_back(fact);
    } else if (attribute == "name") {
        auto old_id = json_text(before);
        auto new_id = json_text(after);
        if (!old_id.empty() && !new_id.empty()) events.renamed.emplace_back(std::move(old_id), std::move(new_id));
    } else if (attribute == "labels" && fact.starts_with("enum:") && !before.empty() && !after.empty()) {
        // The server takes no label away.
        events.labels.emplace_back(fact, labels_in(before) == labels_in(after));
    }
}

core::Renames find_renames(OwnerSession &session, const ExpectedSchema &schema)
{
    core::Renames renames;
    const RegistrationBounds bounds(schema, schema.ledger_id);
    const auto any = session->query(any_rename, {bounds.since, bounds.system_identifier, bounds.snapshot, bounds.transaction});
    if (any.empty()) return renames;
    pg::Cursor recorded(name_events, {bounds.since, bounds.system_identifier, bounds.snapshot, bounds.transaction});
    core::NameEvents events;
    for (;;) {
        const auto batch = recorded.fetch(batch_size);
        if (batch.empty()) break;
        for (std::uint64_t row = 0; row < batch.size(); ++row) {
            const auto ledger_id = batch.int8(row, Column::id);
            if (ledger_id != events.ledger_id) {
                renames.undo(events);
                events = {};
                events.ledger_id = ledger_id;
            }
            add_name_event(events, batch.text(row, Column::fact), batch.text(row, Column::operation), batch.text(row, Column::attribute),
                           batch.text(row, Column::before), batch.text(row, Column::after));
        }
    }
    renames.undo(events);
    return renames;
}

std::vector<core::DriftRow> find_drift(core::ExpectedSource &expected, core::FactSource &actual, const core::Renames &renames, const core::DriftScope &scope,
                                       std::size_t most)
{
    if (renames.empty()) {
        core::FactsInScope expected_in_scope(expected, scope);
        return core::find_drift(expected_in_scope, actual, most, core::Walk::to_end);
    }
    core::RenamedFacts renamed(expected, renames, to_utf8, usual_not_null_name());
    core::FactsInScope renamed_in_scope(renamed, scope);
    auto rows = core::find_drift(renamed_in_scope, actual, most, core::Walk::to_end);
    for (auto &row : rows) {
        if (row.attribute != "labels" || row.kind != "enum" || !renames.labels_renamed(row.fact)) continue;
        if (row.operation == core::DriftOperation::changed) row.operation = core::DriftOperation::renamed;
    }
    core::link_to_renames(rows);
    return rows;
}

}  // namespace drift
