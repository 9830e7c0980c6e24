#include "guard/installation.hpp"

namespace guard {
namespace {

// Valid while the schema keeps its OID and nothing of it changes.
constinit Oid cached_schema = InvalidOid;
constinit Installation cached{InvalidOid, InvalidOid, InvalidOid};

Installation find_installation(Oid schema)
{
    return pg::call([schema] {
        Installation found{get_extension_oid("langchef_guard", true), schema, InvalidOid};
        if (!OidIsValid(found.extension)) return found;
        const Relation extensions = table_open(ExtensionRelationId, AccessShareLock);
        ScanKeyData key;
        ScanKeyInit(&key, Anum_pg_extension_oid, BTEqualStrategyNumber, F_OIDEQ, ObjectIdGetDatum(found.extension));
        const SysScanDesc scan = systable_beginscan(extensions, ExtensionOidIndexId, true, nullptr, 1, &key);
        if (const HeapTuple tuple = systable_getnext(scan); HeapTupleIsValid(tuple)) {
            found.owner = reinterpret_cast<Form_pg_extension>(GETSTRUCT(tuple))->extowner;
        }
        systable_endscan(scan);
        table_close(extensions, AccessShareLock);
        return found;
    });
}

// A change of owner or a drop changes the schema's row as well.
extern "C" void forget_installation(Datum, int, uint32) { cached_schema = InvalidOid; }

}  // namespace

void watch_installation()
{
    CacheRegisterSyscacheCallback(NAMESPACEOID, forget_installation, static_cast<Datum>(0));
    CacheRegisterSyscacheCallback(AUTHOID, forget_installation, static_cast<Datum>(0));
}

std::optional<Installation> installation()
{
    if (!IsTransactionState() || !OidIsValid(MyDatabaseId)) return std::nullopt;
    const Oid schema = pg::call([] { return get_namespace_oid("langchef_guard", true); });
    if (!OidIsValid(schema)) return std::nullopt;
    if (schema != cached_schema) {
        cached = find_installation(schema);
        // A half-made extension is looked up again, not remembered as absent.
        cached_schema = OidIsValid(cached.extension) ? schema : InvalidOid;
    }
    if (!OidIsValid(cached.extension)) return std::nullopt;
    return cached;
}

Installation installed()
{
    const auto found = installation();
    if (!found) throw pg::GuardError(ERRCODE_UNDEFINED_OBJECT, "extension \"langchef_guard\" is not installed");
    return *found;
}

std::int64_t system_identifier() { return static_cast<std::int64_t>(GetSystemIdentifier()); }

std::string session_id()
{
    std::array<char, 64> buffer{};
    pg_snprintf(buffer.data(), buffer.size(), "%lx.%x", static_cast<unsigned long>(MyStartTime), static_cast<unsigned>(MyProcPid));
    return buffer.data();
}

std::optional<std::uint64_t> assigned_xid()
{
    const FullTransactionId xid = GetTopFullTransactionIdIfAny();
    if (!FullTransactionIdIsValid(xid)) return std::nullopt;
    return U64FromFullTransactionId(xid);
}

}  // namespace guard
