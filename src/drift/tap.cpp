#include "drift/tap.hpp"

#include "pg/spi.hpp"

namespace drift {
namespace {

// A schema that has pgTAP's own functions, members of its extension, none when no plan of pgTAP is under
// way in this session: then a name of this kind might be anybody's.
constinit pg::Statement find_pgtap{
    "SELECT pg_catalog.quote_ident(n.nspname) FROM pg_catalog.pg_extension e"
    "  JOIN pg_catalog.pg_depend d ON d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass"
    "   AND d.refobjid OPERATOR(pg_catalog.=) e.oid AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass"
    "   AND d.deptype OPERATOR(pg_catalog.=) 'e'"
    "  JOIN pg_catalog.pg_proc p ON p.oid OPERATOR(pg_catalog.=) d.objid"
    "  JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace"
    " WHERE e.extname OPERATOR(pg_catalog.=) 'pgtap'"
    "   AND p.proname::pg_catalog.text OPERATOR(pg_catalog.||) pg_catalog.oidvectortypes(p.proargtypes)"
    "       OPERATOR(pg_catalog.=) ANY (ARRAY['okboolean, text', 'diagtext'])"
    "   AND EXISTS (SELECT FROM pg_catalog.pg_class t WHERE t.relname OPERATOR(pg_catalog.=) '__tcache__'"
    "                AND t.relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema())"
    " GROUP BY n.nspname HAVING pg_catalog.count(*) OPERATOR(pg_catalog.=) 2",
    {}};

// pgTAP's functions call each other by their bare names.
class SearchPath {
  public:
    explicit SearchPath(const std::string &schema)
    {
        const std::string path = "pg_catalog, " + schema + ", pg_temp";
        const char *const value = path.c_str();
        level_ = pg::call([value] {
            const int level = NewGUCNestLevel();
            set_config_option("search_path", value, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE, true, 0, false);
            return level;
        });
    }
    ~SearchPath()
    {
        // After an error the abort of the (sub)transaction does it.
        if (std::uncaught_exceptions() == exceptions_at_start_) AtEOXact_GUC(true, level_);
    }
    SearchPath(const SearchPath &) = delete;
    SearchPath &operator=(const SearchPath &) = delete;

  private:
    int exceptions_at_start_ = std::uncaught_exceptions();
    int level_ = 0;
};

// The text a function of one boolean or none, and one text, returns.
std::string run(const std::string &statement, const std::vector<pg::Parameter> &parameters, const std::vector<Oid> &types)
{
    const char *const text = statement.c_str();
    const pg::Parameter *const given = parameters.data();
    const Oid *const given_types = types.data();
    const auto count = static_cast<int>(parameters.size());
    struct Found {
        SPITupleTable *table;
        std::uint64_t rows;
        int code;
    };
    const auto found = pg::call([=] {
        Datum values[2];
        Oid argument_types[2];
        for (int i = 0; i < count; ++i) {
            values[i] = given[i].value;
            argument_types[i] = given_types[i];
        }
        // SPI leaves its own context current; the caller's is to stay.
        const MemoryContext current = CurrentMemoryContext;
        const int code = SPI_execute_with_args(text, count, argument_types, values, nullptr, false, 0);
        MemoryContextSwitchTo(current);
        return Found{SPI_tuptable, SPI_processed, code};
    });
    if (found.code != SPI_OK_SELECT) throw pg::GuardError(ERRCODE_INTERNAL_ERROR, "could not run \"" + statement + '"');
    const pg::Rows rows(found.table, found.rows);
    return rows.empty() ? std::string() : rows.text(0, 1);
}

}  // namespace

std::string test_description(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '#' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::vector<std::string> test_lines(bool passed, const std::string &description, const std::vector<std::string> &diagnostics)
{
    std::vector<std::string> lines;
    pg::SpiSession spi;
    const auto found = spi.query(find_pgtap, {});
    if (found.size() != 1) {
        lines.push_back((passed ? "ok - " : "not ok - ") + description);
        for (const auto &diagnostic : diagnostics) lines.push_back("# " + diagnostic);
        return lines;
    }
    const auto schema = found.text(0, 1);
    const SearchPath path(schema);
    lines.push_back(run("SELECT " + schema + ".ok($1, $2)", {pg::param(passed), pg::param(std::string_view(description))}, {BOOLOID, TEXTOID}));
    for (const auto &diagnostic : diagnostics) lines.push_back(run("SELECT " + schema + ".diag($1)", {pg::param(std::string_view(diagnostic))}, {TEXTOID}));
    return lines;
}

}  // namespace drift
