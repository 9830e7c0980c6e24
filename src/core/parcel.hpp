#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core {

// A message between two processes of one server: a kind and fields of any bytes.
struct Parcel {
    char kind = '\0';
    std::vector<std::string_view> fields;  // into the bytes it was read from
};

std::string pack(char kind, std::initializer_list<std::string_view> fields);
// Null when the bytes are no whole message.
std::optional<Parcel> unpack(std::string_view bytes);

}  // namespace core
