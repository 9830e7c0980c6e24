#include "core/node_text.hpp"

#include "core/cpp_only.hpp"

namespace core {

std::string without_locations(std::string_view tree)
{
    std::string text;
    constexpr std::string_view mark = ":location ";
    for (std::size_t at = 0; at < tree.size();) {
        if (tree.substr(at, mark.size()) == mark) {
            at += mark.size();
            while (at < tree.size() && (tree[at] == '-' || (tree[at] >= '0' && tree[at] <= '9'))) ++at;
        } else {
            text += tree[at++];
        }
    }
    return text;
}

}  // namespace core
