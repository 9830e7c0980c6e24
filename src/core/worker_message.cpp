#include "core/worker_message.hpp"

#include <cstring>

#include "core/cpp_only.hpp"

namespace core {
namespace {

// Changes with the layout of a message: a session and a worker may run
// different builds of the library while it is being replaced.
constexpr std::uint32_t request_magic = 0x4c435134;  // "LCQ4"
constexpr std::uint32_t result_magic = 0x4c435232;   // "LCR2"

class Writer {
  public:
    template <typename Number>
    void number(Number value)
    {
        char bytes[sizeof value];
        std::memcpy(bytes, &value, sizeof value);
        out_.append(bytes, sizeof value);
    }
    void text(std::string_view value)
    {
        number(static_cast<std::uint64_t>(value.size()));
        out_.append(value);
    }
    std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

class Reader {
  public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    template <typename Number>
    void number(Number &value)
    {
        if (!valid_ || rest_.size() < sizeof value) {
            valid_ = false;
            return;
        }
        std::memcpy(&value, rest_.data(), sizeof value);
        rest_.remove_prefix(sizeof value);
    }
    void text(std::string &value)
    {
        std::uint64_t size = 0;
        number(size);
        if (!valid_ || rest_.size() < size) {
            valid_ = false;
            return;
        }
        value.assign(rest_.data(), static_cast<std::size_t>(size));
        rest_.remove_prefix(static_cast<std::size_t>(size));
    }
    std::size_t left() const { return rest_.size(); }
    bool valid() const { return valid_; }
    bool finished() const { return valid_ && rest_.empty(); }

  private:
    std::string_view rest_;
    bool valid_ = true;
};

// One list of the fields for both directions, so that they cannot differ.
template <typename Stream, typename Request>
void fields(Stream &stream, Request &request)
{
    stream.number(request.database);
    stream.number(request.timeout);
    stream.number(request.encoding);
    stream.number(request.requester_oid);
    stream.text(request.requester);
    stream.text(request.authenticated_role);
    stream.text(request.effective_role);
    stream.text(request.application_name);
    stream.text(request.client_addr);
    stream.text(request.migration);
    stream.text(request.revision_before);
    stream.text(request.summary);
    stream.text(request.digest);
    stream.text(request.commands);
    stream.number(request.attempts);
    stream.number(request.outgrown);
    stream.number(request.denied);
    stream.number(request.invalid_tokens);
    stream.number(request.approval);
    stream.number(request.command);
    stream.text(request.tokens);
    stream.text(request.tag);
    stream.text(request.statement);
}

template <typename Stream, typename Message>
void effect_fields(Stream &stream, Message &effect)
{
    stream.text(effect.rule);
    stream.text(effect.object_type);
    stream.text(effect.identity);
    stream.text(effect.phrase);
    stream.text(effect.detail);
    stream.number(effect.classid);
    stream.number(effect.objid);
    stream.number(effect.concern);
    stream.number(effect.subject);
}

}  // namespace

std::string encode(const WorkerRequest &request)
{
    Writer writer;
    writer.number(request_magic);
    writer.number(static_cast<std::uint32_t>(request.task));
    fields(writer, request);
    writer.number(static_cast<std::uint32_t>(request.counted.size()));
    for (const CountedAttempts &counted : request.counted) {
        writer.number(counted.proposal);
        writer.number(counted.attempts);
        writer.number(counted.invalid_tokens);
    }
    writer.number(static_cast<std::uint32_t>(request.effects.size()));
    for (const SharedEffectMessage &effect : request.effects) effect_fields(writer, effect);
    return writer.take();
}

std::optional<WorkerRequest> decode_request(std::string_view bytes)
{
    Reader reader(bytes);
    std::uint32_t magic = 0;
    std::uint32_t task = 0;
    std::uint32_t count = 0;
    reader.number(magic);
    reader.number(task);
    if (magic != request_magic) return std::nullopt;
    if (task < static_cast<std::uint32_t>(WorkerTask::file) || task > static_cast<std::uint32_t>(WorkerTask::pass)) return std::nullopt;
    WorkerRequest request;
    request.task = static_cast<WorkerTask>(task);
    fields(reader, request);
    reader.number(count);
    if (!reader.valid() || count > reader.left() / (3 * sizeof(std::int64_t))) return std::nullopt;
    request.counted.resize(count);
    for (CountedAttempts &counted : request.counted) {
        reader.number(counted.proposal);
        reader.number(counted.attempts);
        reader.number(counted.invalid_tokens);
    }
    reader.number(count);
    // Each takes more than a byte.
    if (!reader.valid() || count > reader.left()) return std::nullopt;
    request.effects.resize(count);
    for (SharedEffectMessage &effect : request.effects) effect_fields(reader, effect);
    if (!reader.finished()) return std::nullopt;
    return request;
}

std::string encode(const WorkerResult &result)
{
    Writer writer;
    writer.number(result_magic);
    writer.number(result.proposal);
    writer.text(result.status);
    writer.text(result.objection);
    writer.number(result.approval);
    writer.number(result.command);
    writer.text(result.failure);
    return writer.take();
}

std::optional<WorkerResult> decode_result(std::string_view bytes)
{
    Reader reader(bytes);
    std::uint32_t magic = 0;
    WorkerResult result;
    reader.number(magic);
    if (magic != result_magic) return std::nullopt;
    reader.number(result.proposal);
    reader.text(result.status);
    reader.text(result.objection);
    reader.number(result.approval);
    reader.number(result.command);
    reader.text(result.failure);
    if (!reader.finished()) return std::nullopt;
    return result;
}

}  // namespace core
