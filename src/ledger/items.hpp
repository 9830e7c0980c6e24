#pragma once

#include "ledger/capture.hpp"
#include "pg/call.hpp"

// What a command touched, as a list in the server's memory.  Inside pg::call only.
namespace ledger {

struct Item {
    ObjectAddress address;
    bool in_extension;
    Cause cause;
    const char *renamed_from;  // name before the command, null unless the command gave it another
    Item *next;
};

struct Items {
    Item *first = nullptr;
    Item *last = nullptr;

    void add(const ObjectAddress &address, bool in_extension, Cause cause, const char *renamed_from = nullptr)
    {
        if (!OidIsValid(address.objectId)) return;
        auto *const item = static_cast<Item *>(palloc0(sizeof(Item)));
        *item = Item{address, in_extension, cause, renamed_from, nullptr};
        (last == nullptr ? first : last->next) = item;
        last = item;
    }
    void add(Oid classid, Oid objid, bool in_extension, Cause cause)
    {
        ObjectAddress address;
        ObjectAddressSet(address, classid, objid);
        add(address, in_extension, cause);
    }
};

// The objects whose definitions change with that of another.

// Heirs and partitions of a table, at any depth.
void add_heirs(Items *items, Oid relation, bool in_extension);
// What mentions the object by its name, or by that of its row, array or multirange type.
void add_dependents(Items *items, const ObjectAddress &object, bool in_extension);
// What mentions the column that heirs of its table have from it.
void add_dependents_of_heirs(Items *items, const ObjectAddress &column, bool in_extension);
// Sequences that belong to columns of the table.
void add_owned_sequences(Items *items, Oid table, bool in_extension);
// The partitions that the command took from the parent, with theirs and their indexes.
void add_detached(Items *items, Oid parent, Oid told, bool in_extension);
// Those that it gave to the parent; or indexes, when the parent is one, and those whose
// validity hangs on them.
void add_attached(Items *items, Oid parent, Oid told, bool in_extension);
// Tables whose foreign keys are kept by triggers of the relation, or of its heirs.
void add_referencing(Items *items, Oid relation, bool in_extension);
// Tables of a composite type, given by its relation.
void add_typed_tables(Items *items, Oid composite, bool in_extension);

}  // namespace ledger
