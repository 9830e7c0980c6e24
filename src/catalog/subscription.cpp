#include "catalog/parts.hpp"
#include "catalog/secret.hpp"

namespace catalog {
namespace {

// Columns that hold an option, in all versions, with the value that it has by default.
struct Option {
    const char *column;
    const char *name;
    const char *usual;
};

constexpr Option options[] = {
    {"subbinary", "binary", "f"},
    {"substream", "streaming", "f"},
    {"subdisableonerr", "disable_on_error", "f"},
    {"subpasswordrequired", "password_required", "t"},
    {"subrunasowner", "run_as_owner", "f"},
    {"subfailover", "failover", "f"},
    {"subretaindeadtuples", "retain_dead_tuples", "f"},
    {"subsynccommit", "synchronous_commit", "off"},
    {"suborigin", "origin", "any"},
};

List *options_of(HeapTuple tuple, TupleDesc descriptor)
{
    List *lines = NIL;
    for (const Option &option : options) {
        const char *const value = column_text(tuple, descriptor, option.column);
        if (value != nullptr && std::strcmp(value, option.usual) != 0) lines = lappend(lines, psprintf("%s=%s", option.name, value));
    }
    return sorted(lines);
}

}  // namespace

// What the workers do with it - the position they skip, whether two-phase commit is ready - is its
// state, not its definition.  The columns differ between versions, so they are read by name.
void read_subscription(Sheet *sheet, Oid oid)
{
    scan(SubscriptionRelationId, SubscriptionObjectIndexId, key_oid(Anum_pg_subscription_oid, oid), [sheet, oid](HeapTuple tuple, TupleDesc descriptor) {
        const auto *const form = form_of<FormData_pg_subscription>(tuple);
        if (form->subdbid != MyDatabaseId) return;
        Draft *const draft = sheet->add({"subscription", name_text(form->subname)}, Identity{}, SubscriptionRelationId, oid);
        draft->touch(tuple);
        draft->put("owner", role_name(form->subowner));
        draft->put_if("enabled", form->subenabled);
        draft->put_if("two_phase", form->subtwophasestate != LOGICALREP_TWOPHASE_STATE_DISABLED);
        draft->put("slot", column_text(tuple, descriptor, "subslotname"));
        draft->put_list("publications", sorted(text_array(field(tuple, descriptor, Anum_pg_subscription_subpublications))));
        draft->put_list("options", options_of(tuple, descriptor));
        draft->put_list("connection", hidden_connection(column_text(tuple, descriptor, "subconninfo")));
        put_comment(draft);
    });
}

}  // namespace catalog
