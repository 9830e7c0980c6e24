#include "core/version_table.hpp"
#include "guard/installation.hpp"
#include "ledger/revision.hpp"
#include "settings.hpp"

namespace ledger {
namespace {

// Ordinary, permanent tables of the name, at most as many as there is room for.
struct Found {
    static constexpr int most = 64;
    Oid relations[most];
    Oid schemas[most];
    int count;
};

Found tables_named(const core::VersionTable &wanted)
{
    const char *const name = wanted.name.c_str();
    const char *const schema = wanted.schema.empty() ? nullptr : wanted.schema.c_str();
    return pg::call([name, schema] {
        Found found{};
        NameData key_name;
        namestrcpy(&key_name, name);
        ScanKeyData key;
        ScanKeyInit(&key, Anum_pg_class_relname, BTEqualStrategyNumber, F_NAMEEQ, NameGetDatum(&key_name));
        const Relation catalog = table_open(RelationRelationId, AccessShareLock);
        const SysScanDesc scan = systable_beginscan(catalog, ClassNameNspIndexId, true, nullptr, 1, &key);
        for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple) && found.count < Found::most;
             tuple = systable_getnext(scan)) {
            const auto *const form = reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple));
            if (form->relkind != RELKIND_RELATION || form->relpersistence == RELPERSISTENCE_TEMP) continue;
            if (schema != nullptr && get_namespace_oid(schema, true) != form->relnamespace) continue;
            found.relations[found.count] = form->oid;
            found.schemas[found.count] = form->relnamespace;
            ++found.count;
        }
        systable_endscan(scan);
        table_close(catalog, AccessShareLock);
        return found;
    });
}

// The table's revisions, palloc'd; null when it has none or is locked.
const char *read_revisions(Oid table)
{
    return pg::call([table]() -> const char * {
        constexpr int most = 64;
        if (!ConditionalLockRelationOid(table, AccessShareLock)) return nullptr;
        const Relation relation = try_relation_open(table, NoLock);
        if (relation == nullptr) {
            UnlockRelationOid(table, AccessShareLock);
            return nullptr;
        }
        const TupleDesc descriptor = RelationGetDescr(relation);
        int column = 0;
        for (int i = descriptor->natts; i > 0; --i) {
            const FormData_pg_attribute *const attribute = TupleDescAttr(descriptor, i - 1);
            if (attribute->attisdropped) continue;
            if (attribute->atttypid != VARCHAROID && attribute->atttypid != TEXTOID) continue;
            column = i;
            if (std::strcmp(NameStr(attribute->attname), "version_num") == 0) break;
        }
        StringInfoData revisions;
        initStringInfo(&revisions);
        if (column > 0) {
            const SysScanDesc scan = systable_beginscan(relation, InvalidOid, false, nullptr, 0, nullptr);
            int count = 0;
            for (HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple) && count < most; tuple = systable_getnext(scan)) {
                bool null = false;
                const Datum revision = heap_getattr(tuple, column, descriptor, &null);
                if (null) continue;
                if (count++ > 0) appendStringInfoChar(&revisions, ',');
                appendStringInfoString(&revisions, TextDatumGetCString(revision));
            }
            systable_endscan(scan);
        }
        relation_close(relation, AccessShareLock);
        return revisions.len > 0 ? revisions.data : nullptr;
    });
}

Oid step_function(Oid schema)
{
    return pg::call([schema] {
        char *const name = get_namespace_name(schema);
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

}  // namespace

std::string current_revision(const std::string &schema_name)
{
    const char *const schema_text = schema_name.c_str();
    std::string revisions;
    for (const core::VersionTable &wanted : core::version_tables(settings::alembic_version_table())) {
        const Found found = tables_named(wanted);
        if (found.count == 0) continue;
        int chosen = found.count == 1 ? 0 : -1;
        if (found.count > 1) {
            const Oid schema = pg::call([schema_text] { return get_namespace_oid(schema_text, true); });
            for (int i = 0; i < found.count; ++i) {
                if (found.schemas[i] == schema) chosen = i;
            }
        }
        const char *const text = chosen >= 0 ? read_revisions(found.relations[chosen]) : nullptr;
        if (text == nullptr) continue;
        if (!revisions.empty()) revisions += ',';
        revisions += text;
    }
    return revisions;
}

bool is_version_table(Oid relation)
{
    struct Names {
        const char *name;
        const char *schema;
        char kind;
        char persistence;
    };
    const Names names = pg::call([relation] {
        Names found{};
        const HeapTuple tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation));
        if (!HeapTupleIsValid(tuple)) return found;
        const auto *const form = reinterpret_cast<const FormData_pg_class *>(GETSTRUCT(tuple));
        found.name = pstrdup(NameStr(form->relname));
        found.schema = get_namespace_name(form->relnamespace);
        found.kind = form->relkind;
        found.persistence = form->relpersistence;
        ReleaseSysCache(tuple);
        return found;
    });
    if (names.kind != RELKIND_RELATION || names.persistence == RELPERSISTENCE_TEMP) return false;
    for (const core::VersionTable &wanted : core::version_tables(settings::alembic_version_table())) {
        const bool schema_fits = wanted.schema.empty() || (names.schema != nullptr && wanted.schema == names.schema);
        if (wanted.name == names.name && schema_fits) return true;
    }
    return false;
}

void watch_if_version_table(Oid relation)
{
    if (is_version_table(relation)) watch(relation);
}

void watch_version_tables()
{
    for (const core::VersionTable &wanted : core::version_tables(settings::alembic_version_table())) {
        const Found found = tables_named(wanted);
        for (int i = 0; i < found.count; ++i) watch(found.relations[i]);
    }
}

}  // namespace ledger
