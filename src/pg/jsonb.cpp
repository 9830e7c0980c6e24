#include "pg/jsonb.hpp"

namespace pg {
namespace {

[[noreturn]] void malformed(const char *detail)
{
    throw GuardError(ERRCODE_INVALID_PARAMETER_VALUE, "malformed definition of a schema object", detail);
}

// Walks a jsonb token by token; the value is that of the last token.
class Tokens {
  public:
    explicit Tokens(Datum jsonb) : iterator_(call([jsonb] { return JsonbIteratorInit(&DatumGetJsonbP(jsonb)->root); })) {}

    JsonbIteratorToken next()
    {
        return call([this] { return JsonbIteratorNext(&iterator_, &value_, false); });
    }

    JsonbIteratorToken expect(JsonbIteratorToken wanted, const char *detail)
    {
        const JsonbIteratorToken token = next();
        if (token != wanted) malformed(detail);
        return token;
    }

    jbvType type() const { return value_.type; }

    std::string text() const
    {
        if (value_.type != jbvString) malformed("A text was expected.");
        return std::string(value_.val.string.val, static_cast<std::size_t>(value_.val.string.len));
    }

    std::int64_t integer() const
    {
        if (value_.type != jbvNumeric) malformed("A number was expected.");
        const Numeric number = value_.val.numeric;
        return call([number] { return DatumGetInt64(DirectFunctionCall1(numeric_int8, NumericGetDatum(number))); });
    }

    // The value whose first token is given.
    core::Value value(JsonbIteratorToken token)
    {
        if (token == WJB_BEGIN_ARRAY) return list();
        if (token != WJB_VALUE) malformed("Attributes are scalars or lists of texts.");
        switch (value_.type) {
            case jbvNull: return {};
            case jbvBool: return value_.val.boolean;
            case jbvNumeric: return integer();
            default: return text();
        }
    }

    core::List list()
    {
        core::List texts;
        for (JsonbIteratorToken token = next(); token != WJB_END_ARRAY; token = next()) {
            if (token != WJB_ELEM) malformed("Attributes are scalars or lists of texts.");
            texts.push_back(text());
        }
        return texts;
    }

    // The object whose first token has been read.
    core::Payload payload()
    {
        core::Payload attributes;
        for (JsonbIteratorToken token = next(); token != WJB_END_OBJECT; token = next()) {
            if (token != WJB_KEY) malformed("An attribute name was expected.");
            std::string name = text();
            core::Value attribute = value(next());
            if (!std::holds_alternative<std::monostate>(attribute)) attributes.insert_or_assign(std::move(name), std::move(attribute));
        }
        return attributes;
    }

    core::Address address()
    {
        std::array<std::int64_t, 3> numbers{};
        for (std::int64_t &number : numbers) {
            expect(WJB_ELEM, "An address has three numbers.");
            number = integer();
        }
        expect(WJB_END_ARRAY, "An address has three numbers.");
        return {static_cast<std::uint32_t>(numbers[0]), static_cast<std::uint32_t>(numbers[1]),
                static_cast<std::int32_t>(numbers[2])};
    }

    void skip(JsonbIteratorToken token)
    {
        int depth = 0;
        for (;; token = next()) {
            if (token == WJB_BEGIN_ARRAY || token == WJB_BEGIN_OBJECT) ++depth;
            if (token == WJB_END_ARRAY || token == WJB_END_OBJECT) --depth;
            if (token == WJB_DONE || depth <= 0) return;
        }
    }

  private:
    JsonbIterator *iterator_;
    JsonbValue value_{};
};

void read_parts(Tokens &tokens, core::Facts &facts);

// The members of one fact; its opening brace has been read.
void read_fact(Tokens &tokens, core::Fact &fact, core::Facts *parts)
{
    for (JsonbIteratorToken token = tokens.next(); token != WJB_END_OBJECT; token = tokens.next()) {
        if (token != WJB_KEY) malformed("A member name was expected.");
        const std::string name = tokens.text();
        const JsonbIteratorToken value = tokens.next();
        if (name == "id") {
            fact.id = tokens.text();
        } else if (name == "kind") {
            fact.kind = tokens.text();
        } else if (name == "parent") {
            fact.parent = tokens.text();
        } else if (name == "address" && value == WJB_BEGIN_ARRAY) {
            fact.address = tokens.address();
        } else if (name == "attributes" && value == WJB_BEGIN_OBJECT) {
            fact.payload = tokens.payload();
        } else if (name == "parts" && value == WJB_BEGIN_OBJECT && parts != nullptr) {
            read_parts(tokens, *parts);
        } else {
            tokens.skip(value);
        }
    }
    if (fact.kind.empty()) malformed("A fact has no kind.");
}

void read_parts(Tokens &tokens, core::Facts &facts)
{
    for (JsonbIteratorToken token = tokens.next(); token != WJB_END_OBJECT; token = tokens.next()) {
        if (token != WJB_KEY) malformed("The id of a part was expected.");
        core::Fact &part = facts.emplace_back();
        part.id = tokens.text();
        tokens.expect(WJB_BEGIN_OBJECT, "A part is an object.");
        read_fact(tokens, part, nullptr);
    }
}

}  // namespace

Datum jsonb_datum(const std::string &json_text)
{
    const char *const data = json_text.c_str();
    return call([data] { return DirectFunctionCall1(jsonb_in, CStringGetDatum(data)); });
}

core::Payload payload_from_jsonb(Datum jsonb)
{
    Tokens tokens(jsonb);
    tokens.expect(WJB_BEGIN_OBJECT, "The attributes of a fact are an object.");
    return tokens.payload();
}

core::Facts facts_from_definition(Datum jsonb)
{
    Tokens tokens(jsonb);
    tokens.expect(WJB_BEGIN_OBJECT, "A definition is an object.");
    core::Facts facts;
    core::Facts parts;
    core::Fact whole;
    read_fact(tokens, whole, &parts);
    if (whole.id.empty()) malformed("A definition has an id.");
    facts.reserve(parts.size() + 1);
    for (core::Fact &part : parts) part.parent = whole.id;
    facts.push_back(std::move(whole));
    for (core::Fact &part : parts) facts.push_back(std::move(part));
    return facts;
}

}  // namespace pg
