#include "ledger/row_context.hpp"

namespace ledger {
namespace {

constinit const Client *spoken_for = nullptr;

}  // namespace

void speak_for(const Client &client) { spoken_for = new Client(client); }

Datum authenticated_role_datum()
{
    return spoken_for != nullptr ? name_datum(spoken_for->authenticated_role) : role_datum(GetAuthenticatedUserId());
}

Datum name_datum(std::string_view text)
{
    return pg::call([text] {
        auto *const name = static_cast<Name>(palloc0(NAMEDATALEN));
        const int length = pg_mbcliplen(text.data(), static_cast<int>(text.size()), NAMEDATALEN - 1);
        std::memcpy(NameStr(*name), text.data(), static_cast<std::size_t>(length));
        return NameGetDatum(name);
    });
}

Datum role_datum(Oid role)
{
    const char *const name = pg::call([role]() -> const char * {
        const char *const found = GetUserNameFromId(role, true);
        return found != nullptr ? found : psprintf("%u", role);
    });
    return name_datum(name);
}

Datum transaction_datum()
{
    return pg::call([] { return FullTransactionIdGetDatum(GetTopFullTransactionId()); });
}

Datum subtransaction_datum()
{
    return pg::call([] { return FullTransactionIdGetDatum(GetCurrentFullTransactionId()); });
}

Datum outer_role_datum()
{
    return spoken_for != nullptr ? name_datum(spoken_for->effective_role) : role_datum(GetOuterUserId());
}

Datum effective_role_datum()
{
    return spoken_for != nullptr ? name_datum(spoken_for->effective_role) : role_datum(GetUserId());
}

ClientAddress client_address()
{
    const char *const address = spoken_for != nullptr && !spoken_for->address.empty() ? spoken_for->address.c_str() : nullptr;
    return pg::call([address] {
        ClientAddress found{0, true};
        if (address != nullptr) {
            found.value = DirectFunctionCall1(inet_in, CStringGetDatum(address));
            found.null = false;
        }
        if (MyProcPort == nullptr) return found;
        LOCAL_FCINFO(info, 0);
        InitFunctionCallInfoData(*info, nullptr, 0, InvalidOid, nullptr, nullptr);
        found.value = inet_client_addr(info);
        found.null = info->isnull;
        return found;
    });
}

}  // namespace ledger
