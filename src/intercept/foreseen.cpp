#include "intercept/foreseen.hpp"

#include "core/judgement.hpp"
#include "intercept/command.hpp"
#include "intercept/describe.hpp"
#include "intercept/gate.hpp"
#include "judge/judge.hpp"
#include "ledger/record.hpp"
#include "settings.hpp"

namespace intercept {
namespace {

// The command that was judged, when what it does is to be held against that.
const CurrentCommand *judged_command()
{
    const CurrentCommand *const command = current_command();
    return settings::mode() == settings::Mode::enforce && !creating_extension ? command : nullptr;
}

[[noreturn]] void refuse(const std::string &phrase, const std::string &rule, const std::string &what)
{
    throw pg::GuardError(pg::sqlstate::approval_required, phrase + " is not approved", "Rule " + rule + " (destructive): " + what + '.',
                         "Run the command again: it is judged by what is there then.");
}

}  // namespace

void refuse_guest(core::Address address, const std::string &tag)
{
    core::Judgement judgement;
    judgement.tag = tag;
    if (const CurrentCommand *const command = current_command()) judgement.statement = command->statement;
    judgement.effects.push_back(effect_on("P07", "creating", address));
    refuse_tampering(judgement);
}

namespace {

bool contains(const std::vector<core::Address> &addresses, core::Address address)
{
    return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
}

}  // namespace

void require_foreseen_drop(core::Address address, const std::string &object_type, const std::string &schema, const std::string &identity)
{
    const CurrentCommand *const command = judged_command();
    if (command == nullptr || command->judgement.foreseen.empty()) return;
    const auto &foreseen = command->judgement.foreseen;
    if (std::binary_search(foreseen.begin(), foreseen.end(), address)) return;
    const std::string rule = "D02";
    if (action_on(rule, schema, identity) < core::Action::approve) return;
    refuse("dropping " + object_type + ' ' + core::in_quotes(identity), rule, "it came in the way while the command waited");
}

void require_foreseen_target(const std::vector<core::Address> &altered)
{
    const CurrentCommand *const command = judged_command();
    if (command == nullptr || !command->judgement.target.has_value() || altered.empty()) return;
    if (contains(altered, *command->judgement.target)) return;
    const core::Address found = altered.front();
    refuse("altering " + name_in_message({found.classid, found.objid, 0}), "D26", "its name meant something else when the command was judged");
}

void require_foreseen_tables(Node *parsetree)
{
    const CurrentCommand *const command = judged_command();
    if (command == nullptr || !IsA(parsetree, TruncateStmt)) return;
    for (const Oid table : judge::truncated_tables(reinterpret_cast<const TruncateStmt *>(parsetree))) {
        const core::Address address = address_of(RelationRelationId, table);
        const bool judged = std::any_of(command->records.begin(), command->records.end(), [address](const UtilityRecord &record) { return record.address == address; });
        if (!judged && !judge::is_exempt(address)) refuse("truncating " + name_in_message(address), "D07", "it came in the way while the command waited");
    }
}

}  // namespace intercept
