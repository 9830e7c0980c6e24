#include "core/transaction_snapshot.hpp"

#include <algorithm>
#include <charconv>

#include "core/cpp_only.hpp"

namespace core {
namespace {

// Takes the number and the separator after it off the text; 0 where there is none.
std::uint64_t take_number(std::string_view &text, char separator)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc()) return 0;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (!text.empty() && text.front() == separator) text.remove_prefix(1);
    return number;
}

}  // namespace

TransactionSnapshot::TransactionSnapshot(std::string_view text)
{
    take_number(text, ':');  // older ones are over; none of them is listed
    end_ = take_number(text, ':');
    while (!text.empty()) {
        const std::uint64_t xid = take_number(text, ',');
        if (xid == 0) break;
        running_.push_back(xid);
    }
    std::sort(running_.begin(), running_.end());
}

bool TransactionSnapshot::sees(std::uint64_t xid) const
{
    return xid < end_ && !std::binary_search(running_.begin(), running_.end(), xid);
}

}  // namespace core
