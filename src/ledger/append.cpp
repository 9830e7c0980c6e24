#include "core/redact.hpp"
#include "guard/installation.hpp"
#include "guard/own_table.hpp"
#include "intercept/command.hpp"
#include "ledger/append.hpp"
#include "ledger/notify.hpp"
#include "ledger/record.hpp"
#include "ledger/revision.hpp"
#include "ledger/row_context.hpp"
#include "ledger/table.hpp"
#include "pg/jsonb.hpp"
#include "settings.hpp"

namespace ledger {
namespace {

// Columns of langchef_guard.ledger, in the order of the install script.
enum Column : int {
    id = 1,
    recorded_at,
    transaction_at,
    xid,
    system_identifier,
    session_id,
    backend_pid,
    authenticated_role,
    session_role,
    outer_role,
    effective_role,
    application,
    client_addr,
    migration,
    revision_before,
    source,
    command_tag,
    operation,
    object_type,
    schema_name,
    identity,
    classid,
    objid,
    objsubid,
    in_extension,
    statement,
    definition_before,
    definition_after,
    difference,
    rule_class,
    rules,
    approval_id,
    subxid,
    column_count = subxid
};

using LedgerRow = NewRow<column_count>;

constinit std::int64_t last_written = 0;
// Where it was written: another installation's ledger counts anew.
constinit Oid last_written_to = InvalidOid;

Datum text_array_datum(const std::vector<std::string> &texts)
{
    std::vector<Datum> elements;
    elements.reserve(texts.size());
    for (const std::string &text : texts) elements.push_back(pg::text_datum(text));
    Datum *const values = elements.data();
    const int count = static_cast<int>(elements.size());
    return pg::call([values, count] { return PointerGetDatum(construct_array(values, count, TEXTOID, -1, false, TYPALIGN_INT)); });
}

void put_actor(LedgerRow &row)
{
    row.set(xid, transaction_datum());
    if (GetCurrentTransactionNestLevel() > 1) row.set(subxid, subtransaction_datum());
    row.set(recorded_at, TimestampTzGetDatum(GetCurrentTimestamp()));
    row.set(transaction_at, TimestampTzGetDatum(GetCurrentTransactionStartTimestamp()));
    row.set(system_identifier, Int64GetDatum(guard::system_identifier()));
    row.text(session_id, guard::session_id());
    row.set(backend_pid, Int32GetDatum(MyProcPid));
    row.set(authenticated_role, authenticated_role_datum());
    row.set(session_role, role_datum(GetSessionUserId()));
    row.set(outer_role, outer_role_datum());
    row.set(effective_role, effective_role_datum());
    row.text_or_null(application, pg::text_of(application_name));
    if (const ClientAddress address = client_address(); !address.null) row.set(client_addr, address.value);
    row.text_or_null(migration, settings::migration());
}

// The statement of a command that changes many objects: a long one stands whole in the first row only, so that
// the ledger grows by what was written and what was changed, not by their product.
std::string own_statement(intercept::CurrentCommand &command, std::int64_t row)
{
    constexpr std::size_t longest_repeated = 8192;
    constexpr std::size_t beginning = 1024;
    if (command.statement.size() <= longest_repeated) return command.statement;
    if (command.statement_row == 0) {
        command.statement_row = row;
        return command.statement;
    }
    return std::string(pg::clip(command.statement, beginning)) + "... (whole in ledger row " + std::to_string(command.statement_row) + ')';
}

// The command as the hooks saw it start; without them, the client's whole string.
void put_command(LedgerRow &row, std::int64_t new_id)
{
    if (intercept::CurrentCommand *const command = intercept::current_command(); command != nullptr) {
        row.text_or_null(statement, own_statement(*command, new_id));
        row.text_or_null(rule_class, command->rule_class);
        if (!command->rules.empty()) row.set(rules, text_array_datum(command->rules));
        if (command->approval != 0) row.set(approval_id, Int64GetDatum(command->approval));
    } else if (debug_query_string != nullptr) {
        row.text_or_null(statement, core::redact(core::own_slice(debug_query_string, -1, 0)));
    }
}

}  // namespace

std::int64_t append(const Change &change, const Images &images)
{
    LedgerRow row;
    const std::int64_t new_id = next_id("ledger_id_seq");
    row.set(id, Int64GetDatum(new_id));
    put_actor(row);
    // What nobody saw was done by another statement, which nobody knows.
    if (change.source != "unobserved") put_command(row, new_id);
    row.text_or_null(revision_before, current_revision(change.schema_name));
    row.text(source, change.source);
    row.text(command_tag, change.command_tag);
    row.text(operation, change.operation);
    row.text_or_null(object_type, change.object_type);
    if (!change.schema_name.empty()) row.set(schema_name, name_datum(change.schema_name));
    row.text_or_null(identity, change.identity);
    if (change.address.classid != InvalidOid) {
        row.set(classid, ObjectIdGetDatum(change.address.classid));
        row.set(objid, ObjectIdGetDatum(change.address.objid));
        row.set(objsubid, Int32GetDatum(change.address.objsubid));
    }
    row.set(in_extension, BoolGetDatum(change.in_extension));
    if (images.before) row.set(definition_before, *images.before);
    if (images.after) row.set(definition_after, *images.after);
    if (images.difference) row.set(difference, *images.difference);
    const Oid ledger = guard::hold_table("ledger", RowExclusiveLock);
    insert_row(ledger, row);
    last_written = new_id;
    last_written_to = ledger;
    notify_change(new_id, change);
    return new_id;
}

std::int64_t append(const Change &change)
{
    Images images;
    if (!change.definition_before.empty()) images.before = pg::jsonb_datum(change.definition_before);
    if (!change.definition_after.empty()) images.after = pg::jsonb_datum(change.definition_after);
    if (!change.difference.empty()) images.difference = pg::jsonb_datum(change.difference);
    return append(change, images);
}

std::int64_t last_id() { return last_written != 0 && guard::own_relation("ledger") == last_written_to ? last_written : 0; }

}  // namespace ledger
