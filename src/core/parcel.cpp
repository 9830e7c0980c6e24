#include "core/parcel.hpp"

#include <cstdint>
#include <cstring>

#include "core/cpp_only.hpp"

namespace core {

using Length = std::uint64_t;

std::string pack(char kind, std::initializer_list<std::string_view> fields)
{
    std::string bytes(1, kind);
    for (const auto field : fields) {
        const Length length = field.size();
        char prefix[sizeof length];
        std::memcpy(prefix, &length, sizeof length);
        bytes.append(prefix, sizeof prefix);
        bytes.append(field);
    }
    return bytes;
}

std::optional<Parcel> unpack(std::string_view bytes)
{
    if (bytes.empty()) return std::nullopt;
    Parcel parcel{bytes.front(), {}};
    bytes.remove_prefix(1);
    while (!bytes.empty()) {
        Length length = 0;
        if (bytes.size() < sizeof length) return std::nullopt;
        std::memcpy(&length, bytes.data(), sizeof length);
        bytes.remove_prefix(sizeof length);
        if (length > bytes.size()) return std::nullopt;
        parcel.fields.push_back(bytes.substr(0, length));
        bytes.remove_prefix(length);
    }
    return parcel;
}

}  // namespace core
