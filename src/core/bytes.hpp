#pragma once

#include <cstring>
#include <string>
#include <string_view>

// Numbers as this server has them in its memory.
namespace core {

template <typename Number>
void append_bytes(std::string &out, Number number)
{
    char bytes[sizeof(Number)];
    std::memcpy(bytes, &number, sizeof(Number));
    out.append(bytes, sizeof(Number));
}

// False when there are not enough of them.
template <typename Number>
bool take_bytes(std::string_view &bytes, Number &number)
{
    if (bytes.size() < sizeof(Number)) return false;
    std::memcpy(&number, bytes.data(), sizeof(Number));
    bytes.remove_prefix(sizeof(Number));
    return true;
}

}  // namespace core
