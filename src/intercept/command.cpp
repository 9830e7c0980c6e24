#include "intercept/command.hpp"

namespace intercept {
namespace {

// Lives in the memory context of its command, so that the context's reset,
// after an error, takes it off the stack.
struct Entry {
    MemoryContextCallback on_reset;
    MemoryContext context;
    CurrentCommand *command;
    std::uint64_t number;
    Entry *below;
};

constinit Entry *top = nullptr;
constinit std::uint64_t last_number = 0;

extern "C" void forget_command(void *argument)
{
    auto *const entry = static_cast<Entry *>(argument);
    for (Entry **link = &top; *link != nullptr; link = &(*link)->below) {
        if (*link == entry) {
            *link = entry->below;
            break;
        }
    }
    delete entry->command;
    entry->command = nullptr;
}

Entry *find_entry(std::uint64_t number)
{
    Entry *entry = top;
    while (entry != nullptr && entry->number != number) entry = entry->below;
    return entry;
}

}  // namespace

CurrentCommand *current_command() { return top != nullptr ? top->command : nullptr; }

std::uint64_t push_command(std::unique_ptr<CurrentCommand> command, MemoryContext owner)
{
    Entry *const entry = pg::call([owner] {
        const MemoryContext context = AllocSetContextCreate(owner, "langchef_guard command", ALLOCSET_SMALL_SIZES);
        auto *const made = static_cast<Entry *>(MemoryContextAllocZero(context, sizeof(Entry)));
        made->context = context;
        return made;
    });
    entry->command = command.release();
    entry->number = ++last_number;
    entry->below = top;
    entry->on_reset.func = forget_command;
    entry->on_reset.arg = entry;
    MemoryContextRegisterResetCallback(entry->context, &entry->on_reset);
    top = entry;
    return entry->number;
}

CurrentCommand *find_command(std::uint64_t number)
{
    Entry *const entry = find_entry(number);
    return entry != nullptr ? entry->command : nullptr;
}

void pop_command(std::uint64_t number) noexcept
{
    if (find_entry(number) == nullptr) return;
    while (top != nullptr) {
        Entry *const entry = top;
        const bool last = entry->number == number;
        MemoryContextDelete(entry->context);  // runs forget_command
        if (last) break;
    }
}

}  // namespace intercept
