#pragma once

#include "core/fact.hpp"
#include "pg/call.hpp"

// Facts under construction, in the server's memory.  Everything declared here
// but facts_of runs inside pg::call: it may raise server errors, and nothing
// in it has a destructor.
namespace catalog {

// What a fact id is made from: kind and up to three name parts, and the
// argument types of a routine, or what describes an object without a name.
struct Identity {
    const char *kind;
    const char *first;
    const char *second = nullptr;
    const char *third = nullptr;
    const char *arguments = nullptr;
};

// The transaction that wrote the catalog row, as far as it can still be told.
TransactionId writer_of(HeapTuple tuple);

struct DraftAttribute {
    enum class Type : char { boolean, integer, text, list };

    const char *name;
    Type type;
    bool boolean;
    int64 integer;
    const char *text;
    List *list;
    DraftAttribute *next;
};

struct Draft {
    Identity identity;
    Identity parent;  // kind is null at the top
    ObjectAddress address;
    TransactionId xmin;
    bool restless;  // see core::Fact
    DraftAttribute *attributes;
    Draft *next;

    void put(const char *name, const char *text);  // null leaves the attribute out
    void put(const char *name, int64 number);
    void put_bool(const char *name, bool value);
    void put_if(const char *name, bool value);   // left out when false
    void put_list(const char *name, List *texts);  // left out when empty
    void put_set(const char *name, List *texts);   // present even when empty
    // The tuple holds a part of the fact: the fact is as young as the youngest of them.
    void touch(HeapTuple tuple);
};

struct Sheet {
    Draft *first = nullptr;
    Draft *last = nullptr;
    // Constraints to be described although they are a part of the parent table's now.
    const Oid *own = nullptr;
    std::size_t own_count = 0;

    bool keeps(Oid oid) const { return std::find(own, own + own_count, oid) != own + own_count; }

    Draft *add(const Identity &identity, const Identity &parent, Oid classid, Oid objid, int32 objsubid = 0);
    // Takes out the fact added last.
    void remove(const Draft *draft);
};

// Copies to C++; called outside pg::call.
core::Facts facts_of(const Sheet &sheet);

}  // namespace catalog
