#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace core {

// Where the rest of a text's secret stands, when the text itself does not hold it all.
enum class Open {
    none,
    end,         // what is appended to the text is the secret, or a part of it
    placeholder  // what format() puts into the text
};

// The text with passwords of connection strings masked: password=..., user:password@ of a URI
// and the parameters of a URI, whose names may be percent-encoded.
std::string mask_connection(std::string_view text, Open &open);

// Whether the text begins with, or holds, what format() replaces: %s, %L, %1$L, %-10s.
bool is_placeholder(std::string_view text);
bool has_placeholder(std::string_view text);

}  // namespace core
