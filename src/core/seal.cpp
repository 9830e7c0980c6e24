#include "core/seal.hpp"

#include <charconv>

#include "core/cpp_only.hpp"

namespace core {
namespace {

// With its length, so that no text can end early or run on.
void add(std::string &out, const std::string &text) { out += std::to_string(text.size()) + ':' + text + '\n'; }

void add(std::string &out, std::int64_t number) { out += std::to_string(number) + '\n'; }

std::uint64_t number_at(const std::string &text, std::size_t from)
{
    std::uint64_t number = 0;
    if (from < text.size()) std::from_chars(text.data() + from, text.data() + text.size(), number);
    return number;
}

}  // namespace

std::string chain_text(const Seal &seal, const std::string &previous)
{
    std::string out = "langchef_guard seal\n";
    add(out, seal.id);
    add(out, seal.format);
    add(out, seal.sealed_at);
    add(out, seal.sealed_by);
    add(out, seal.system_identifier);
    add(out, seal.snapshot);
    add(out, seal.adopted);
    add(out, seal.rows);
    add(out, seal.first);
    add(out, seal.last);
    add(out, seal.digest);
    add(out, previous);
    return out;
}

std::string without_transaction(const std::string &snapshot, std::uint64_t xid)
{
    const std::size_t second = snapshot.find(':') + 1;
    const std::size_t third = snapshot.find(':', second) + 1;
    if (second == 0 || third == 0 || xid == 0 || xid >= number_at(snapshot, second)) return snapshot;
    // The list is kept in order.
    std::string out = snapshot.substr(0, third);
    std::size_t from = third;
    bool placed = false;
    while (from < snapshot.size() || !placed) {
        const std::uint64_t next = from < snapshot.size() ? number_at(snapshot, from) : 0;
        if (out.back() != ':') out += ',';
        if (!placed && (next == 0 || xid <= next)) {
            placed = true;
            out += std::to_string(xid);
            if (next == xid) from = snapshot.find(',', from) == std::string::npos ? snapshot.size() : snapshot.find(',', from) + 1;
            continue;
        }
        out += std::to_string(next);
        const std::size_t comma = snapshot.find(',', from);
        from = comma == std::string::npos ? snapshot.size() : comma + 1;
    }
    return out;
}

}  // namespace core
