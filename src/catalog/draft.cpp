#include "catalog/draft.hpp"

namespace catalog {
namespace {

DraftAttribute *add_attribute(Draft *draft, const char *name, DraftAttribute::Type type)
{
    auto *const attribute = static_cast<DraftAttribute *>(palloc0(sizeof(DraftAttribute)));
    attribute->name = name;
    attribute->type = type;
    attribute->next = draft->attributes;
    draft->attributes = attribute;
    return attribute;
}

std::string id_of(const Identity &identity)
{
    if (identity.kind == nullptr) return {};
    std::string id;
    if (identity.first == nullptr) {
        id = std::string(identity.kind) + ':';
    } else if (identity.third != nullptr) {
        id = core::fact_id(identity.kind, {identity.first, identity.second, identity.third});
    } else if (identity.second != nullptr) {
        id = core::fact_id(identity.kind, {identity.first, identity.second});
    } else {
        id = core::fact_id(identity.kind, {identity.first});
    }
    if (identity.arguments != nullptr) {
        id += '(';
        id += identity.arguments;
        id += ')';
    }
    return id;
}

core::List texts_of(const List *list)
{
    core::List texts;
    texts.reserve(static_cast<std::size_t>(list_length(list)));
    for (int i = 0; i < list_length(list); ++i) texts.emplace_back(static_cast<const char *>(list_nth(list, i)));
    return texts;
}

}  // namespace

void Draft::put(const char *name, const char *text)
{
    if (text != nullptr) add_attribute(this, name, DraftAttribute::Type::text)->text = text;
}

void Draft::put(const char *name, int64 number) { add_attribute(this, name, DraftAttribute::Type::integer)->integer = number; }

void Draft::put_bool(const char *name, bool value)
{
    add_attribute(this, name, DraftAttribute::Type::boolean)->boolean = value;
}

void Draft::put_if(const char *name, bool value)
{
    if (value) put_bool(name, true);
}

void Draft::put_list(const char *name, List *texts)
{
    if (texts != NIL) put_set(name, texts);
}

void Draft::put_set(const char *name, List *texts) { add_attribute(this, name, DraftAttribute::Type::list)->list = texts; }

TransactionId writer_of(HeapTuple tuple)
{
    // The raw value outlives freezing, but a row frozen long ago has a number that may be given
    // again: of frozen rows only those count that can still be told from the ones to come.
    const TransactionId writer = HeapTupleHeaderGetRawXmin(tuple->t_data);
    const bool unknown = HeapTupleHeaderXminFrozen(tuple->t_data) && !TransactionIdPrecedes(writer, ReadNextTransactionId());
    return unknown ? FrozenTransactionId : writer;
}

void Draft::touch(HeapTuple tuple)
{
    const TransactionId other = writer_of(tuple);
    if (!TransactionIdIsNormal(xmin) || (TransactionIdIsNormal(other) && TransactionIdFollows(other, xmin))) xmin = other;
}

Draft *Sheet::add(const Identity &identity, const Identity &parent, Oid classid, Oid objid, int32 objsubid)
{
    auto *const draft = static_cast<Draft *>(palloc0(sizeof(Draft)));
    draft->identity = identity;
    draft->parent = parent;
    ObjectAddressSubSet(draft->address, classid, objid, objsubid);
    if (last == nullptr) {
        first = draft;
    } else {
        last->next = draft;
    }
    last = draft;
    return draft;
}

void Sheet::remove(const Draft *draft)
{
    Draft *before = nullptr;
    for (Draft *at = first; at != nullptr && at != draft; at = at->next) before = at;
    if (before == nullptr) {
        first = draft->next;
    } else {
        before->next = draft->next;
    }
    if (last == draft) last = before;
}

core::Facts facts_of(const Sheet &sheet)
{
    core::Facts facts;
    for (const Draft *draft = sheet.first; draft != nullptr; draft = draft->next) {
        core::Fact &fact = facts.emplace_back();
        fact.kind = draft->identity.kind;
        fact.id = id_of(draft->identity);
        fact.parent = id_of(draft->parent);
        fact.address = {draft->address.classId, draft->address.objectId, draft->address.objectSubId};
        fact.xmin = draft->xmin;
        fact.restless = draft->restless;
        for (const DraftAttribute *attribute = draft->attributes; attribute != nullptr; attribute = attribute->next) {
            switch (attribute->type) {
                case DraftAttribute::Type::boolean: fact.set(attribute->name, attribute->boolean); break;
                case DraftAttribute::Type::integer: fact.set(attribute->name, std::int64_t{attribute->integer}); break;
                case DraftAttribute::Type::text: fact.set(attribute->name, std::string(attribute->text)); break;
                case DraftAttribute::Type::list: fact.set(attribute->name, texts_of(attribute->list)); break;
            }
        }
    }
    return facts;
}

}  // namespace catalog
