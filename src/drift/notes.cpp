#include "drift/notes.hpp"

#include "drift/environment.hpp"
#include "guard/installation.hpp"
#include "pg/own_code.hpp"

namespace drift {

std::string basis_of_notes(std::string_view format)
{
    std::string text(format);
    const auto add = [&text](auto number) { text += ' ' + std::to_string(number); };
    add(guard::system_identifier());
    add(MyDatabaseId);
    add(server_version_num());
    add(pg::own_code());
    return text;
}

bool may_note()
{
    return pg::call([] { return !XactReadOnly && !RecoveryInProgress() && !IsInParallelMode() && !IsolationUsesXactSnapshot(); });
}

void put_note(OwnerSession &session, pg::Statement &statement, pg::Parameter key, std::int32_t part, const std::string &bytes)
{
    const Datum datum = pg::text_datum(bytes);
    session->run(statement, {key, pg::Parameter(Int32GetDatum(part)), pg::Parameter(datum)});
    pg::call([datum] { pfree(DatumGetPointer(datum)); });
}

std::string note_bytes(const pg::Rows &rows, std::uint64_t row, int column)
{
    struct View {
        bytea *plain;
        bool is_copy;
    };
    const auto [value, null] = rows.value(row, column);
    if (null) return {};
    const Datum stored = value;
    const auto view = pg::call([stored] {
        bytea *const plain = DatumGetByteaPP(stored);
        return View{plain, PointerGetDatum(plain) != stored};
    });
    std::string bytes(VARDATA_ANY(view.plain), VARSIZE_ANY_EXHDR(view.plain));
    if (view.is_copy) pg::call([view] { pfree(view.plain); });
    return bytes;
}

}  // namespace drift
