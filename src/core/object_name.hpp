#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace core {

// An object as somebody names it: "public.prompts", "function public.f(int)",
// "public.prompts.version", or the id of a fact, "table:public.prompts".
struct ObjectName {
    std::string kind;                    // as in fact ids, or as the ledger has it; empty for any
    std::string whole;                   // the text without the kind
    std::vector<std::string> parts;      // without their quotes; empty where the text is no plain name
    bool with_arguments = false;
    std::vector<std::string> arguments;  // texts in the brackets

    // The parts as they stand in fact ids, up to a count, and with the arguments when all are meant.
    std::string in_facts(std::size_t count) const;
};

ObjectName read_object_name(std::string_view text);

}  // namespace core
