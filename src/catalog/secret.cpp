#include "catalog/secret.hpp"

#include "catalog/secret_key.hpp"
#include "pg/crypto.hpp"

namespace catalog {
namespace {

// Options that servers, wrappers and connections have and that tell nothing that must be hidden.
constexpr const char *harmless[] = {
    "analyze_sampling", "application_name", "async_capable", "batch_size", "channel_binding", "client_encoding", "column_name", "connect_timeout", "dbname",
    "debug", "delimiter", "encoding", "escape", "extensions", "fallback_application_name", "fdw_startup_cost", "fdw_tuple_cost",
    "fetch_size", "filename", "force_not_null", "force_null", "format", "gssencmode", "header", "host", "hostaddr", "keep_connections",
    "keepalives", "keepalives_count", "keepalives_idle", "keepalives_interval", "krbsrvname", "load_balance_hosts", "null",
    "parallel_abort", "parallel_commit", "password_required", "path", "port", "quote", "requirepeer", "schema_name", "service", "ssl_max_protocol_version",
    "ssl_min_protocol_version", "sslcertmode", "sslcompression", "sslcrl", "sslmode", "sslnegotiation", "sslrootcert", "sslsni", "table_name",
    "target_session_attrs", "tcp_user_timeout", "truncatable", "updatable", "use_remote_estimate", "use_scram_passthrough", "user"};

struct Key {
    const char *data;
    std::size_t size;
};

// Of another database, in a process that reads for it.
constinit Key lent{nullptr, 0};

// The key that the installation hides secrets with; none before it is there.
Key secret_key()
{
    if (lent.data != nullptr) return lent;
    Key key{nullptr, 0};
    const Oid schema = get_namespace_oid("langchef_guard", true);
    const Oid table = OidIsValid(schema) ? get_relname_relid("secret_key", schema) : InvalidOid;
    if (!OidIsValid(table)) return key;
    constexpr int created_at_column = 1;
    constexpr int key_column = 2;
    TimestampTz oldest = DT_NOEND;
    scan(table, InvalidOid, std::array<ScanKeyData, 0>{}, [&key, &oldest](HeapTuple tuple, TupleDesc descriptor) {
        const Field created_at = field(tuple, descriptor, created_at_column);
        const Field stored = field(tuple, descriptor, key_column);
        if (created_at.null || stored.null || DatumGetTimestampTz(created_at.value) > oldest) return;
        oldest = DatumGetTimestampTz(created_at.value);
        const bytea *const bytes = DatumGetByteaPCopy(stored.value);
        key = {VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes)};
    });
    return key;
}

// Of the hash this much is shown, in bytes.
constexpr std::size_t shown_bytes = 12;

char *hashed(Key key, const char *text) { return pg::keyed_hash(key.data, key.size, text, shown_bytes); }

char *hidden(const char *name, const char *value)
{
    const Key key = secret_key();
    if (key.data == nullptr) return psprintf("%s=<hidden>", name);
    // Without the name two options of the same value would show that they are equal.
    const char *const hash = hashed(key, psprintf("%s=%s", name, value));
    // The key is known by the hash of nothing.
    char *const mark = hashed(key, "");
    mark[8] = '\0';
    return psprintf("%s=<hidden %s %s>", name, mark, hash);
}

bool is_harmless(const char *name)
{
    return std::any_of(std::begin(harmless), std::end(harmless), [name](const char *known) { return std::strcmp(known, name) == 0; });
}

// A value can hold a whole connection string.
bool holds_connection(const char *value) { return std::strstr(value, "://") != nullptr || std::strstr(value, "password") != nullptr; }

char *shown_option(const char *name, const char *value)
{
    return is_harmless(name) && !holds_connection(value) ? psprintf("%s=%s", name, value) : hidden(name, value);
}

const char *skip_blanks(const char *at)
{
    while (*at == ' ' || (*at >= '\t' && *at <= '\r')) ++at;
    return at;
}

bool ends_word(char c) { return c == '\0' || c == ' ' || (c >= '\t' && c <= '\r'); }

// Reads one value as libpq does; null when it has no end.
const char *read_value(const char *at, StringInfo value)
{
    const bool quoted = *at == '\'';
    if (quoted) ++at;
    while (quoted ? *at != '\'' : !ends_word(*at)) {
        if (*at == '\\') ++at;
        if (*at == '\0') return quoted ? nullptr : at;
        appendStringInfoChar(value, *at++);
    }
    return quoted ? at + 1 : at;
}

}  // namespace

List *hidden_options(Field array)
{
    List *const options = text_array(array);
    List *lines = NIL;
    for (int i = 0; i < list_length(options); ++i) {
        char *const option = static_cast<char *>(list_nth(options, i));
        char *const equals = std::strchr(option, '=');
        if (equals == nullptr) continue;
        *equals = '\0';
        lines = lappend(lines, shown_option(option, equals + 1));
    }
    return sorted(lines);
}

List *hidden_settings(Field array)
{
    // Extensions whose settings are none of an application's secrets.
    constexpr const char *known[] = {"auto_explain.", "langchef_guard.", "pg_stat_statements.", "pg_trgm.", "pgaudit.", "plpgsql.", "postgres_fdw."};
    List *const settings = text_array(array);
    List *lines = NIL;
    for (int i = 0; i < list_length(settings); ++i) {
        char *const setting = static_cast<char *>(list_nth(settings, i));
        char *const equals = std::strchr(setting, '=');
        const char *const dot = std::strchr(setting, '.');
        const bool custom = equals != nullptr && dot != nullptr && dot < equals;
        const bool of_known = std::any_of(std::begin(known), std::end(known), [setting](const char *name) { return std::strncmp(setting, name, std::strlen(name)) == 0; });
        // A token is none of the settings: it can only stand here where the library was not there to refuse it.
        if (!custom || (of_known && std::strstr(setting, "approval_token") == nullptr)) {
            lines = lappend(lines, setting);
            continue;
        }
        *equals = '\0';
        lines = lappend(lines, hidden(setting, equals + 1));
    }
    return sorted(lines);
}

void use_secret_key(std::string_view key) { lent = {key.data(), key.size()}; }

std::string secret_key_bytes()
{
    const Key key = pg::call([] { return secret_key(); });
    return std::string(key.data, key.size);
}

List *hidden_connection(const char *connection)
{
    if (connection == nullptr) return NIL;
    List *lines = NIL;
    for (const char *at = skip_blanks(connection); *at != '\0'; at = skip_blanks(at)) {
        const char *const equals = std::strchr(at, '=');
        StringInfoData value;
        initStringInfo(&value);
        const char *const end = equals != nullptr ? read_value(skip_blanks(equals + 1), &value) : nullptr;
        // A URI, or what libpq would refuse.
        if (end == nullptr) return list_make1(hidden("connection", connection));
        char *const name = pnstrdup(at, static_cast<Size>(equals - at));
        for (char *last = name + std::strlen(name); last > name && ends_word(last[-1]);) *--last = '\0';
        if (std::strpbrk(name, " :/'\\") != nullptr) return list_make1(hidden("connection", connection));
        lines = lappend(lines, shown_option(name, value.data));
        at = end;
    }
    return sorted(lines);
}

uint64 secret_key_mark()
{
    const Key key = secret_key();
    if (key.data == nullptr) return 0;
    return DatumGetUInt64(hash_any_extended(reinterpret_cast<const unsigned char *>(key.data), static_cast<int>(key.size), 0));
}

}  // namespace catalog
