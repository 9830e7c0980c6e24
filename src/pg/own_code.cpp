#include "pg/own_code.hpp"

#include <link.h>

#include <cstring>

namespace pg {
namespace {

// Code and constants of the loaded library are the same in every process.
int add_segments(dl_phdr_info *library, std::size_t, void *result)
{
    const auto here = reinterpret_cast<std::uintptr_t>(&own_code);
    bool own = false;
    for (int i = 0; i < library->dlpi_phnum; ++i) {
        const auto &segment = library->dlpi_phdr[i];
        const auto start = static_cast<std::uintptr_t>(library->dlpi_addr + segment.p_vaddr);
        own = own || (segment.p_type == PT_LOAD && here >= start && here < start + segment.p_memsz);
    }
    if (!own) return 0;
    std::uint64_t hash = 0xcbf29ce484222325;
    const auto add = [&hash](std::uint64_t word) {
        hash = (hash ^ word) * 0x9e3779b97f4a7c15;
        hash ^= hash >> 29;
    };
    for (int i = 0; i < library->dlpi_phnum; ++i) {
        const auto &segment = library->dlpi_phdr[i];
        if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
        const auto *const bytes = reinterpret_cast<const char *>(library->dlpi_addr + segment.p_vaddr);
        add(segment.p_memsz);
        for (std::size_t at = 0; at + sizeof(std::uint64_t) <= segment.p_memsz; at += sizeof(std::uint64_t)) {
            std::uint64_t word = 0;
            std::memcpy(&word, bytes + at, sizeof word);
            add(word);
        }
    }
    *static_cast<std::uint64_t *>(result) = hash;
    return 1;
}

}  // namespace

std::uint64_t own_code()
{
    static const std::uint64_t code = [] {
        std::uint64_t found = 0;
        dl_iterate_phdr(add_segments, &found);
        return found;
    }();
    return code;
}

}  // namespace pg
