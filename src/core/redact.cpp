#include "core/redact.hpp"

#include <algorithm>

#include "core/connection_string.hpp"
#include "core/lexeme.hpp"
#include "core/literal.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

constexpr std::string_view mask = "<redacted>";
constexpr std::string_view masked_literal = "'<redacted>'";
// Strings in strings in strings: deeper than this nobody writes by hand, and
// what is found there is masked as a whole.
constexpr int deepest = 12;

constexpr std::string_view suspicious[] = {"password", "passwd",     "connection", "options", "token",
                                           "://",      "identified", "conninfo",   "_command"};

bool is_suspicious(std::string_view text)
{
    for (const auto word : suspicious) {
        if (find_folded(text, word) != std::string_view::npos) return true;
    }
    return false;
}

bool is_token_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

// Settings whose value is a connection string or a command with whatever it needs to log in.
bool is_secret_setting(std::string_view name)
{
    constexpr std::string_view settings[] = {"primary_conninfo",        "ssl_passphrase_command", "archive_command", "restore_command",
                                             "archive_cleanup_command", "recovery_end_command"};
    return std::any_of(std::begin(settings), std::end(settings), [name](std::string_view one) { return equals_folded(name, one); });
}

bool is_joining_function(std::string_view name)
{
    return equals_folded(name, "format") || equals_folded(name, "concat") || equals_folded(name, "concat_ws");
}

struct Redacted {
    std::string text;
    Open open = Open::none;
    // Where a string begins that has another end when a backslash escapes its quote.
    std::size_t ambiguous = std::string_view::npos;
};

Redacted redact_level(std::string_view text, int depth);

// Reads the statement once, remembering just enough of what stood before.
class Redactor {
  public:
    Redactor(std::string_view text, int depth, Backslash backslash) : text_(text), depth_(depth), backslash_(backslash) { out_.reserve(text.size()); }

    Redacted run()
    {
        while (offset_ < text_.size()) {
            const Lexeme lexeme = next_lexeme(text_, offset_, backslash_);
            note_ambiguous(lexeme);
            offset_ += lexeme.text.size();
            take(lexeme);
        }
        const bool ends_open = secret_next_ || open_string_ || secret_depth_ > 0 || setting_ == Setting::value || joins_next_ || in_secret_expression_ ||
                               (sensitive_option_ && in_options());
        return {std::move(out_), has_placeholder_ ? Open::placeholder : ends_open ? Open::end : Open::none, ambiguous_};
    }

  private:
    // What the literals of the place mean.
    enum class Options { none, not_secret, secret };

    void take(const Lexeme &lexeme)
    {
        using Kind = Lexeme::Kind;
        switch (lexeme.kind) {
            case Kind::space: out_ += lexeme.text; return;
            case Kind::comment: comment(lexeme.text); return;
            case Kind::word: word(lexeme.text, lexeme.text); return;
            case Kind::quoted_identifier: word(lexeme.text, lexeme.body); return;
            case Kind::string:
            case Kind::dollar_string: literal(lexeme); return;
            case Kind::number:
                joins_next_ = false;
                if (setting_ == Setting::value || in_secret_expression_) {
                    masked();
                } else {
                    out_ += lexeme.text;
                }
                after_value();
                return;
            case Kind::punctuation: punctuation(lexeme.text); return;
            case Kind::end: return;
        }
    }

    void note_ambiguous(const Lexeme &lexeme)
    {
        if (ambiguous_ != std::string_view::npos || lexeme.kind != Lexeme::Kind::string || lexeme.backslash) return;
        if (lexeme.text.find("\\'") != std::string_view::npos) ambiguous_ = offset_;
    }

    void comment(std::string_view text)
    {
        Open open = Open::none;
        out_ += mask_connection(text, open);
    }

    void word(std::string_view raw, std::string_view name)
    {
        joins_next_ = false;
        if (setting_ == Setting::value) {
            // A value may be a bare word; DEFAULT is none.
            if (equals_folded(raw, "default")) {
                out_ += raw;
            } else {
                masked();
            }
            after_value();
            return;
        }
        out_ += raw;
        last_was_masked_ = false;
        secret_next_ = equals_folded(name, "password") || equals_folded(name, "connection") || (identified_ && equals_folded(name, "by"));
        identified_ = equals_folded(name, "identified");
        if (altering_ && equals_folded(name, "system")) altering_system_ = true;
        altering_ = equals_folded(name, "alter");
        opens_join_ = is_joining_function(name);
        if (setting_ == Setting::name && (equals_folded(name, "to"))) {
            setting_ = Setting::value;
            return;
        }
        if (equals_folded(name, "approval_token") || (altering_system_ && is_secret_setting(name))) {
            setting_ = Setting::name;
            return;
        }
        // U&"..." and one quoted identifier for both parts are no setting names to the server.
        setting_ = Setting::none;
        if (equals_folded(name, "create") || equals_folded(name, "alter")) {
            options_ = Options::none;
        } else if (options_ == Options::none) {
            if (equals_folded(name, "table")) {
                options_ = Options::not_secret;
            } else if (equals_folded(name, "server") || equals_folded(name, "mapping") || equals_folded(name, "wrapper") ||
                       equals_folded(name, "subscription")) {
                options_ = Options::secret;
            }
        }
        opens_options_ = equals_folded(name, "options") && options_ != Options::not_secret;
        opens_token_call_ = equals_folded(name, "use_token");
        sensitive_option_ = is_sensitive_name(name);
    }

    static bool is_sensitive_name(std::string_view name)
    {
        return find_folded(name, "password") != std::string_view::npos || find_folded(name, "secret") != std::string_view::npos ||
               find_folded(name, "token") != std::string_view::npos || equals_folded(name, "passwd");
    }

    void literal(const Lexeme &lexeme)
    {
        const bool is_setting_name = equals_folded(lexeme.body, "langchef_guard.approval_token");
        joins_next_ = false;
        const bool secret = setting_ == Setting::value || secret_next_ || secret_depth_ > 0 || last_was_masked_ || in_secret_expression_ ||
                            (sensitive_option_ && parentheses_ > 0 && in_options());
        if (secret && !(is_setting_name && secret_depth_ > 0)) {
            secret_literal(lexeme);
        } else {
            plain_literal(lexeme);
            last_was_masked_ = false;
        }
        if (is_setting_name && secret_depth_ == 0) secret_depth_ = parentheses_ > 0 ? parentheses_ : 0;
        secret_next_ = false;
        sensitive_option_ = false;
        after_value();
    }

    bool in_options() const { return options_ != Options::none; }

    void secret_literal(const Lexeme &lexeme)
    {
        if (has_placeholder(lexeme.body)) has_placeholder_ = true;
        if (!lexeme.terminated) open_string_ = true;
        if (!lexeme.terminated && lexeme.body.empty()) {
            out_ += lexeme.text;
        } else {
            masked();
        }
    }

    void plain_literal(const Lexeme &lexeme)
    {
        const char escape = lexeme.text.starts_with("U&") || lexeme.text.starts_with("u&") ? unicode_escape_after(text_, offset_) : '\\';
        const std::string content = literal_content(lexeme, escape);
        if (!is_suspicious(content)) {
            out_ += lexeme.text;
            return;
        }
        if (depth_ >= deepest) {
            masked();
            return;
        }
        Redacted cleaned = redact_level(content, depth_ + 1);
        // A body of code is no connection string: "password = new_password" is not a secret there.
        if (lexeme.kind == Lexeme::Kind::string || content.find('\n') == std::string::npos) {
            Open open = Open::none;
            cleaned.text = mask_connection(cleaned.text, open);
            if (cleaned.open == Open::none) cleaned.open = open;
        }
        out_ += cleaned.text == content ? std::string(lexeme.text) : literal_with(lexeme, escape, cleaned.text);
        // In 'ALTER ROLE r PASSWORD ' || 'x' and format('ALTER ROLE r PASSWORD %L', 'x') the secret stands outside.
        if (cleaned.open == Open::end) joins_next_ = true;
        if (cleaned.open == Open::placeholder) begin_secret_expression(false);
    }

    void begin_secret_expression(bool ends_at_comma)
    {
        in_secret_expression_ = true;
        expression_depth_ = parentheses_;
        expression_ends_at_comma_ = ends_at_comma;
        joins_next_ = false;
    }

    void expression_punctuation(char c)
    {
        if (joins_next_ && c == '|') begin_secret_expression(join_depth_ == 0);
        if (joins_next_ && c == ',' && join_depth_ > 0) begin_secret_expression(false);
        joins_next_ = false;
        const bool ends = c == ';' || parentheses_ < expression_depth_ || (c == ',' && expression_ends_at_comma_ && parentheses_ == expression_depth_);
        if (ends) in_secret_expression_ = false;
        if (opens_join_ && c == '(' && join_depth_ == 0) join_depth_ = parentheses_;
        if (parentheses_ < join_depth_) join_depth_ = 0;
        opens_join_ = false;
    }

    void punctuation(std::string_view sign)
    {
        out_ += sign;
        last_was_masked_ = false;
        const char c = sign[0];
        const bool secret_follows = secret_next_ || setting_ == Setting::value || (sensitive_option_ && in_options());
        if (secret_follows && is_placeholder(text_.substr(offset_ - 1))) has_placeholder_ = true;
        if (c == '(') {
            ++parentheses_;
            if (secret_depth_ == 0 && (opens_token_call_ || (opens_options_ && options_ == Options::secret))) {
                secret_depth_ = parentheses_;
            }
        } else if (c == ')') {
            if (secret_depth_ > 0 && parentheses_ <= secret_depth_) secret_depth_ = 0;
            if (parentheses_ > 0) --parentheses_;
        } else if (c == ';') {
            parentheses_ = 0;
            secret_depth_ = 0;
            options_ = Options::none;
            altering_system_ = false;
        }
        expression_punctuation(c);
        opens_options_ = opens_token_call_ = false;
        // = := => between a name and its secret
        if (c != '=' && c != ':' && c != '>') secret_next_ = sensitive_option_ = false;
        if (setting_ == Setting::name && c == '=') {
            setting_ = Setting::value;
        } else if (setting_ == Setting::after && c == ',') {
            setting_ = Setting::value;
        } else if (!(setting_ == Setting::value && (c == '-' || c == '+'))) {
            setting_ = Setting::none;
        }
    }

    void masked()
    {
        // A literal that continues on the next line is one secret.
        if (!last_was_masked_) out_ += masked_literal;
        last_was_masked_ = true;
    }

    void after_value()
    {
        opens_options_ = opens_token_call_ = false;
        setting_ = setting_ == Setting::value ? Setting::after : Setting::none;
    }

    // SET langchef_guard.approval_token TO value [, value]
    enum class Setting { none, name, value, after };

    std::string_view text_;
    std::string out_;
    int depth_;
    Backslash backslash_;
    std::size_t offset_ = 0;  // after the lexeme being taken
    std::size_t ambiguous_ = std::string_view::npos;
    int parentheses_ = 0;
    int secret_depth_ = 0;  // parentheses at which every literal is a secret; 0 for none
    Setting setting_ = Setting::none;
    Options options_ = Options::none;
    bool secret_next_ = false;
    bool sensitive_option_ = false;
    bool opens_options_ = false;
    bool opens_token_call_ = false;
    bool last_was_masked_ = false;
    bool identified_ = false;
    bool altering_ = false;
    bool altering_system_ = false;
    bool has_placeholder_ = false;
    bool open_string_ = false;
    // The expression around a string that lacks its secret: the literals to come are the secret.
    bool joins_next_ = false;  // if an operator or a comma comes next
    bool in_secret_expression_ = false;
    bool expression_ends_at_comma_ = false;
    int expression_depth_ = 0;
    bool opens_join_ = false;
    int join_depth_ = 0;  // parentheses of the arguments of format or concat; 0 for none
};

// Without knowing standard_conforming_strings: where a backslash stands before a quote, the
// text is read both ways, and when there is a secret by either of them, the rest is masked.
Redacted redact_level(std::string_view text, int depth)
{
    constexpr int deepest_read_twice = 2;
    Redacted read = Redactor(text, depth, Backslash::ordinary).run();
    if (read.ambiguous == std::string_view::npos) return read;
    const std::string_view rest = text.substr(read.ambiguous);
    bool secret = false;
    if (depth < deepest_read_twice) {
        const Redacted other = Redactor(text, depth, Backslash::escape).run();
        secret = !read.text.ends_with(rest) || !other.text.ends_with(rest);
        if (read.open == Open::none) read.open = other.open;
    } else {
        secret = is_suspicious(rest);
    }
    if (!secret) return read;
    Redacted before = Redactor(text.substr(0, read.ambiguous), depth, Backslash::ordinary).run();
    before.text += masked_literal;
    before.open = Open::none;
    return before;
}

}  // namespace

std::string redact_tokens(std::string_view text)
{
    constexpr std::string_view prefix = "lcg_";
    constexpr std::size_t shortest = 20;
    std::string out;
    out.reserve(text.size());
    std::size_t from = 0;
    while (from < text.size()) {
        const std::size_t found = text.find(prefix, from);
        if (found == std::string_view::npos) break;
        std::size_t end = found + prefix.size();
        while (end < text.size() && is_token_char(text[end])) ++end;
        if (end - found - prefix.size() >= shortest) {
            out += text.substr(from, found - from);
            out += mask;
        } else {
            out += text.substr(from, end - from);
        }
        from = end;
    }
    if (from < text.size()) out += text.substr(from);
    return out;
}

std::string redact(std::string_view statement) { return redact_tokens(redact_level(statement, 0).text); }

std::string_view own_slice(std::string_view query, int location, int length)
{
    const std::size_t start = location > 0 ? static_cast<std::size_t>(location) : 0;
    if (start >= query.size()) return {};
    std::string_view slice = query.substr(start);
    if (location >= 0 && length > 0) slice = slice.substr(0, static_cast<std::size_t>(length));
    for (;;) {
        const Lexeme lexeme = next_lexeme(slice, 0);
        const bool leading = lexeme.kind == Lexeme::Kind::space || lexeme.kind == Lexeme::Kind::comment || lexeme.text == ";";
        if (!leading) break;
        slice.remove_prefix(lexeme.text.size());
    }
    while (!slice.empty() && (std::string_view(" \t\n\r\f\v;").find(slice.back()) != std::string_view::npos)) {
        slice.remove_suffix(1);
    }
    return slice;
}

}  // namespace core
