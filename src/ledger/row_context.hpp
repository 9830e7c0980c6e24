#pragma once

#include "pg/call.hpp"

// Who acts, from where: what several tables of the guard record alike.
namespace ledger {

// Datum of type name.
Datum name_datum(std::string_view text);
// The role's name as a name datum; its OID when it is gone, since the column is not null.
Datum role_datum(Oid role);
// Datum of type xid8: the current transaction's id, assigned now if it has none.
Datum transaction_datum();
// The same of the current subtransaction.
Datum subtransaction_datum();
// Whom a background worker acts for, as far as its own session does not tell.
struct Client {
    std::string authenticated_role;
    std::string effective_role;
    std::string address;  // empty for a local connection
};
void speak_for(const Client &client);
// Datums of type name: the role that logged in, and those in force outside and inside of functions.
Datum authenticated_role_datum();
Datum outer_role_datum();
Datum effective_role_datum();

// Address of the client as inet; null for local connections and background workers.
struct ClientAddress {
    Datum value;
    bool null;
};
ClientAddress client_address();

}  // namespace ledger
