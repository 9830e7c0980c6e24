#include "core/version_table.hpp"
#include "guard/installation.hpp"
#include "ledger/revision.hpp"
#include "pg/attempt.hpp"
#include "settings.hpp"

namespace ledger {
namespace {

struct Candidate {
    Oid relation;
    Oid schema;
};

struct Found {
    static constexpr int most = 64;
    Candidate candidates[most];
    int count;
};

// A version table as Alembic makes it: ordinary, permanent, with one column.
// Inside pg::call only.
bool is_version_relation(const FormData_pg_class *form)
{
    if (form->relkind != RELKIND_RELATION || form->relpersistence == RELPERSISTENCE_TEMP) return false;
    int live = 0;
    bool fits = false;
    for (AttrNumber number = 1; number <= form->relnatts && live < 2; ++number) {
        const HeapTuple tuple = SearchSysCache2(ATTNUM, ObjectIdGetDatum(form->oid), Int16GetDatum(number));
        if (!HeapTupleIsValid(tuple)) continue;
        const auto *const attribute = reinterpret_cast<const FormData_pg_attribute *>(GETSTRUCT(tuple));
        if (!attribute->attisdropped) {
            ++live;
            fits = std::strcmp(NameStr(attribute->attname), "version_num") == 0 &&
                   (attribute->atttypid == VARCHAROID || attribute->atttypid == TEXTOID);
        }
        ReleaseSysCache(tuple);
    }
    return live == 1 && fits;
}

// Whether the role has the privileges of the other; those that a superuser has of every role
// do not count, because they say nothing of the other.  Inside pg::call only.
bool has_own_privileges(Oid role, Oid other)
{
    return superuser_arg(role) ? is_member_of_role_nosuper(role, other) : has_privs_of_role(role, other);
}

// Whether the owner of a table may label what this session does.  Inside pg::call only.
bool is_trusted_owner(Oid owner)
{
    if (superuser_arg(owner)) return true;
    const HeapTuple database = SearchSysCache1(DATABASEOID, ObjectIdGetDatum(MyDatabaseId));
    const bool owns_database = HeapTupleIsValid(database) && reinterpret_cast<const FormData_pg_database *>(GETSTRUCT(database))->datdba == owner;
    if (HeapTupleIsValid(database)) ReleaseSysCache(database);
    if (owns_database) return true;
    // The role of SET ROLE, too; not that of a SECURITY DEFINER function, which others may have made.
    return has_own_privileges(GetSessionUserId(), owner) || has_own_privileges(GetOuterUserId(), owner);
}

// Inside pg::call only.
void add_candidate(Found *found, const FormData_pg_class *form, bool named_with_schema, Oid own_schema)
{
    if (found->count >= Found::most || !is_version_relation(form)) return;
    const bool trusted = named_with_schema || is_trusted_owner(form->relowner);
    if (!trusted && OidIsValid(own_schema) && form->relnamespace != own_schema) return;
    found->candidates[found->count++] = {form->oid, form->relnamespace};
}

// The version tables of the name.  With own_schema, those that may label a change in it;
// without, all there are.
Found tables_named(const core::VersionTable &wanted, Oid own_schema)
{
    const char *const name = wanted.name.c_str();
    const char *const schema = wanted.schema.empty() ? nullptr : wanted.schema.c_str();
    return pg::call([name, schema, own_schema] {
        Found found{};
        if (schema != nullptr) {
            const Oid relation = get_relname_relid(name, get_namespace_oid(schema, true));
            const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
            if (!HeapTupleIsValid(tuple)) return found;
            add_candidate(&found, reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple)), true, own_schema);
            ReleaseSysCache(tuple);
            return found;
        }
        NameData key_name;
        namestrcpy(&key_name, name);
        ScanKeyData key;
        ScanKeyInit(&key, Anum_pg_class_relname, BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(&key_name));
        const Relation catalog = table_open(RelationRelationId, AccessShareLock);
        const SysScanDesc scan = systable_beginscan(catalog, ClassNameNspIndexId, true, nullptr, 1, &key);
        for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple) && found.count < Found::most;
             tuple = systable_getnext(scan)) {
            CHECK_FOR_INTERRUPTS();
            add_candidate(&found, reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple)), false, own_schema);
        }
        systable_endscan(scan);
        table_close(catalog, AccessShareLock);
        return found;
    });
}

// Appends the revision to the list; its length is bounded, and what is stored out of line
// or compressed is none.  Inside pg::call only.
void append_revision(StringInfo revisions, Datum value)
{
    const std::string_view revision = revision_view(value);
    if (revision.empty()) return;
    if (revisions->len > 0) appendStringInfoChar(revisions, ',');
    appendBinaryStringInfo(revisions, revision.data(), static_cast<int>(revision.size()));
}

// The revisions of a relation that is open and locked; none when it holds more than a version
// table does, dead rows included: recording must not wait for a scan.  Inside pg::call only.
void read_rows(StringInfo revisions, Relation relation)
{
    constexpr BlockNumber most_blocks = 128;
    constexpr int most_rows = 64;
    const TupleDesc descriptor = RelationGetDescr(relation);
    int column = 0;
    for (int i = 1; i <= descriptor->natts; ++i) {
        if (!TupleDescAttr(descriptor, i - 1)->attisdropped) column = i;
    }
    if (column == 0 || RelationGetNumberOfBlocks(relation) > most_blocks) return;
    const SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, nullptr, 0, nullptr);
    int rows = 0;
    for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple); tuple = systable_getnext(scan)) {
        CHECK_FOR_INTERRUPTS();
        if (++rows > most_rows) {
            resetStringInfo(revisions);
            break;
        }
        bool null = false;
        const Datum revision = heap_getattr(tuple, column, descriptor, &null);
        if (!null) append_revision(revisions, revision);
    }
    systable_endscan(scan);
}

// The table's revisions; empty when it has none, is locked or cannot be read.
std::string read_revisions(Oid table)
{
    StringInfoData *const revisions = pg::call([] { return makeStringInfo(); });
    const ErrorData *const failed = pg::attempt([table, revisions] {
        if (!ConditionalLockRelationOid(table, AccessShareLock)) return;
        const Relation relation = try_relation_open(table, NoLock);
        if (relation == nullptr) {
            UnlockRelationOid(table, AccessShareLock);
            return;
        }
        if (is_version_relation(relation->rd_rel)) read_rows(revisions, relation);
        relation_close(relation, AccessShareLock);
    });
    return failed == nullptr ? std::string(revisions->data, static_cast<std::size_t>(revisions->len)) : std::string();
}

Oid step_function(Oid schema)
{
    return pg::call([schema] {
        char *const name = get_namespace_name(schema);
        if (name == nullptr) return InvalidOid;  // the extension was dropped meanwhile
        return LookupFuncName(list_make2(makeString(name), makeString(pstrdup("alembic_step_trigger"))), 0, nullptr, true);
    });
}

bool is_watched(Oid table, Oid function)
{
    return pg::call([table, function] {
        bool watched = false;
        ScanKeyData key;
        ScanKeyInit(&key, Anum_pg_trigger_tgrelid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(table));
        const Relation catalog = table_open(TriggerRelationId, AccessShareLock);
        const SysScanDesc scan = systable_beginscan(catalog, TriggerRelidNameIndexId, true, nullptr, 1, &key);
        for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple) && !watched; tuple = systable_getnext(scan)) {
            watched = reinterpret_cast<const FormData_pg_trigger *>(GETSTRUCT(tuple))->tgfoid == function;
        }
        systable_endscan(scan);
        table_close(catalog, AccessShareLock);
        return watched;
    });
}

// An internal trigger: the owner of the table needs no privilege for it, no
// dump holds it (CREATE TABLE in a restore makes it anew), and it is no part
// of the table's definition.  It goes with the extension, without CASCADE.
void watch(Oid table)
{
    const auto installation = guard::installation();
    if (!installation) return;
    const Oid function = step_function(installation->schema);
    // Absent while the install script runs, which ends with a look at all tables.
    if (!OidIsValid(function) || is_watched(table, function)) return;
    const Oid extension = installation->extension;
    pg::call([table, function, extension] {
        auto *const statement = makeNode(CreateTrigStmt);
        statement->trigname = pstrdup("langchef_guard_step");
        statement->row = true;
        statement->timing = TRIGGER_TYPE_AFTER;
        statement->events = TRIGGER_TYPE_INSERT | TRIGGER_TYPE_UPDATE | TRIGGER_TYPE_DELETE;
        const ObjectAddress trigger =
            CreateTriggerFiringOn(statement, nullptr, table, InvalidOid, InvalidOid, InvalidOid, function, InvalidOid, nullptr,
                                  true, false, TRIGGER_FIRES_ALWAYS);
        ObjectAddress owner;
        ObjectAddressSet(owner, ExtensionRelationId, extension);
        recordDependencyOn(&trigger, &owner, DEPENDENCY_AUTO_EXTENSION);
        CommandCounterIncrement();
    });
}

// The one of several that counts: that of the changed object's schema, else the only one.
const Candidate *chosen_of(const Found &found, Oid own_schema)
{
    for (int i = 0; i < found.count; ++i) {
        if (found.candidates[i].schema == own_schema) return &found.candidates[i];
    }
    return found.count == 1 ? &found.candidates[0] : nullptr;
}

}  // namespace

std::string_view revision_view(Datum value)
{
    constexpr std::size_t longest = 255;
    const auto *const stored = reinterpret_cast<const varlena *>(DatumGetPointer(value));
    if (VARATT_IS_EXTERNAL(stored) || VARATT_IS_COMPRESSED(stored)) return {};
    const std::size_t size = VARSIZE_ANY_EXHDR(stored);
    return size <= longest ? std::string_view(VARDATA_ANY(stored), size) : std::string_view();
}

std::string current_revision(const std::string &schema_name)
{
    const char *const schema_text = schema_name.c_str();
    // A name that no schema has stands for the schema of nothing.
    const Oid found_schema = pg::call([schema_text] { return get_namespace_oid(schema_text, true); });
    const Oid own_schema = OidIsValid(found_schema) ? found_schema : PG_CATALOG_NAMESPACE;
    std::string revisions;
    for (const core::VersionTable &wanted : core::version_tables(settings::alembic_version_table())) {
        const Found found = tables_named(wanted, own_schema);
        const Candidate *const chosen = chosen_of(found, own_schema);
        if (chosen == nullptr) continue;
        const std::string read = read_revisions(chosen->relation);
        if (read.empty()) continue;
        if (!revisions.empty()) revisions += ',';
        revisions += read;
    }
    return revisions;
}

VersionTable version_table(Oid relation)
{
    struct Names {
        const char *name;
        const char *schema;
        bool trusted;
        bool fits;
    };
    const Names names = pg::call([relation] {
        Names found{};
        const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
        if (!HeapTupleIsValid(tuple)) return found;
        const auto *const form = reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple));
        found.name = pstrdup(NameStr(form->relname));
        found.schema = get_namespace_name(form->relnamespace);
        found.fits = is_version_relation(form);
        // A superuser who writes the table himself means it.
        found.trusted = superuser_arg(GetSessionUserId()) || is_trusted_owner(form->relowner);
        ReleaseSysCache(tuple);
        return found;
    });
    if (!names.fits) return VersionTable::none;
    VersionTable result = VersionTable::none;
    for (const core::VersionTable &wanted : core::version_tables(settings::alembic_version_table())) {
        if (wanted.name != names.name) continue;
        if (wanted.schema.empty()) {
            result = names.trusted ? VersionTable::trusted : VersionTable::named;
        } else if (names.schema != nullptr && wanted.schema == names.schema) {
            return VersionTable::trusted;
        }
        if (result == VersionTable::trusted) break;
    }
    return result;
}

void watch_if_version_table(Oid relation)
{
    if (version_table(relation) != VersionTable::none) watch(relation);
}

void watch_version_tables()
{
    for (const core::VersionTable &wanted : core::version_tables(settings::alembic_version_table())) {
        const Found found = tables_named(wanted, InvalidOid);
        for (int i = 0; i < found.count; ++i) watch(found.candidates[i].relation);
    }
}

}  // namespace ledger
