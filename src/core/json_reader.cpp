#include "core/json_reader.hpp"

#include <charconv>

#include "core/cpp_only.hpp"

namespace core {
namespace {

void append_utf8(std::string &out, unsigned code)
{
    const auto put = [&out](unsigned byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0 | code >> 6);
        put(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        put(0xe0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3f));
        put(0x80 | (code & 0x3f));
    } else {
        put(0xf0 | code >> 18);
        put(0x80 | (code >> 12 & 0x3f));
        put(0x80 | (code >> 6 & 0x3f));
        put(0x80 | (code & 0x3f));
    }
}

}  // namespace

void JsonReader::skip_space()
{
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r' || text_[at_] == '\n')) ++at_;
}

bool JsonReader::accept(char wanted)
{
    skip_space();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
}

void JsonReader::expect(char wanted)
{
    if (accept(wanted)) return;
    if (at_ >= text_.size()) throw JsonError("the line ends too early");
    if (wanted == '"') throw JsonError("expected a string");
    throw JsonError(std::string("expected \"") + wanted + '"');
}

bool JsonReader::accept_word(std::string_view word)
{
    skip_space();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
}

unsigned JsonReader::hex4()
{
    const auto digits = text_.substr(at_, 4);
    unsigned code = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (error != std::errc() || digits.size() != 4 || end != digits.data() + 4) throw JsonError("invalid \\u escape");
    at_ += 4;
    return code;
}

void JsonReader::append_escape(std::string &out)
{
    if (at_ >= text_.size()) throw JsonError("the line ends too early");
    switch (text_[at_++]) {
        case '"': out += '"'; return;
        case '\\': out += '\\'; return;
        case '/': out += '/'; return;
        case 'b': out += '\b'; return;
        case 'f': out += '\f'; return;
        case 'n': out += '\n'; return;
        case 'r': out += '\r'; return;
        case 't': out += '\t'; return;
        case 'u': break;
        default: throw JsonError("invalid escape in a string");
    }
    unsigned code = hex4();
    if (code >= 0xd800 && code < 0xdc00 && text_.substr(at_, 2) == "\\u") {
        at_ += 2;
        const unsigned low = hex4();
        if (low < 0xdc00 || low > 0xdfff) throw JsonError("invalid surrogate pair in a string");
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if (code >= 0xd800 && code < 0xe000) throw JsonError("invalid surrogate pair in a string");
    if (code == 0) throw JsonError("\\u0000 cannot stand in text");
    if (code > 0x7f && !unicode_) throw JsonError("\\u escape above U+007F outside UTF-8");
    append_utf8(out, code);
}

std::string JsonReader::string()
{
    expect('"');
    std::string out;
    while (at_ < text_.size()) {
        const char c = text_[at_++];
        if (c == '"') return out;
        if (c == '\\') {
            append_escape(out);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            throw JsonError("control character in a string");
        } else {
            out += c;
        }
    }
    throw JsonError("the line ends inside a string");
}

std::string JsonReader::name()
{
    auto out = string();
    expect(':');
    return out;
}

std::int64_t JsonReader::integer()
{
    skip_space();
    std::int64_t number = 0;
    const char *const start = text_.data() + at_;
    const char *const stop = text_.data() + text_.size();
    const auto [end, error] = std::from_chars(start, stop, number);
    if (error != std::errc()) throw JsonError(start == stop ? "the line ends too early" : "expected an integer");
    if (end != stop && (*end == '.' || *end == 'e' || *end == 'E')) throw JsonError("expected an integer");
    at_ += static_cast<std::size_t>(end - start);
    return number;
}

List JsonReader::list()
{
    List items;
    expect('[');
    if (accept(']')) return items;
    do {
        skip_space();
        if (at_ < text_.size() && text_[at_] != '"') throw JsonError("a list may hold texts only");
        items.push_back(string());
    } while (accept(','));
    expect(']');
    return items;
}

Value JsonReader::value()
{
    skip_space();
    if (at_ >= text_.size()) throw JsonError("the line ends too early");
    if (text_[at_] == '"') return string();
    if (text_[at_] == '[') return list();
    if (text_[at_] == '{') throw JsonError("nested object");
    if (accept_word("null")) return std::monostate();
    if (accept_word("true")) return true;
    if (accept_word("false")) return false;
    return integer();
}

Payload JsonReader::payload()
{
    Payload members;
    expect('{');
    if (accept('}')) return members;
    do {
        auto member = name();
        if (!members.emplace(std::move(member), value()).second) throw JsonError("repeated member");
    } while (accept(','));
    expect('}');
    std::erase_if(members, [](const auto &member) { return std::holds_alternative<std::monostate>(member.second); });
    return members;
}

void JsonReader::end()
{
    skip_space();
    if (at_ != text_.size()) throw JsonError("text after the end of the object");
}

}  // namespace core
