#include "core/redact.hpp"

#include "core/lexeme.hpp"

#include "core/cpp_only.hpp"

namespace core {
namespace {

constexpr std::string_view mask = "<redacted>";
constexpr std::string_view masked_literal = "'<redacted>'";
// Strings in strings in strings: deeper than this nobody writes by hand, and
// what is found there is masked as a whole.
constexpr int deepest = 12;

constexpr std::string_view suspicious[] = {"password", "passwd", "connection", "options", "token", "://"};

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

bool ends_value(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '&' || c == '\'' || c == '"'; }

// Masks passwords in connection strings: password=..., and user:password@ of a URI.
std::string mask_connection(std::string_view text)
{
    std::string out;
    std::size_t from = 0;
    while (from < text.size()) {
        std::size_t at = from;
        std::size_t value = std::string_view::npos;
        std::size_t end = 0;
        for (; at < text.size(); ++at) {
            if ((text[at] == 'p' || text[at] == 'P') && equals_folded(text.substr(at, 8), "password")) {
                std::size_t sign = at + 8;
                while (sign < text.size() && text[sign] == ' ') ++sign;
                if (sign >= text.size() || text[sign] != '=') continue;
                value = sign + 1;
                while (value < text.size() && text[value] == ' ') ++value;
                end = value;
                if (end < text.size() && text[end] == '\'') {
                    ++end;
                    while (end < text.size() && text[end] != '\'') end += text[end] == '\\' && end + 1 < text.size() ? 2 : 1;
                    if (end < text.size()) ++end;
                } else {
                    while (end < text.size() && !ends_value(text[end])) ++end;
                }
                break;
            }
            if (text[at] == ':' && text.compare(at, 3, "://") == 0) {
                std::size_t colon = 0;
                end = at + 3;
                while (end < text.size() && text[end] != '@' && text[end] != '/' && !ends_value(text[end])) {
                    if (text[end] == ':' && colon == 0) colon = end;
                    ++end;
                }
                if (colon == 0 || end >= text.size() || text[end] != '@') {
                    at += 2;
                    continue;
                }
                value = colon + 1;
                break;
            }
        }
        if (value == std::string_view::npos) break;
        out += text.substr(from, value - from);
        if (end > value) out += text[value] == '\'' ? masked_literal : mask;
        from = end;
    }
    if (from < text.size()) out += text.substr(from);
    return out;
}

// Reads the statement once, remembering just enough of what stood before.
class Redactor {
  public:
    Redactor(std::string_view text, int depth) : text_(text), depth_(depth) { out_.reserve(text.size()); }

    std::string run()
    {
        for (std::size_t offset = 0; offset < text_.size();) {
            const Lexeme lexeme = next_lexeme(text_, offset);
            offset += lexeme.text.size();
            take(lexeme);
        }
        return std::move(out_);
    }

  private:
    // What the literals of the place mean.
    enum class Options { none, not_secret, secret };

    void take(const Lexeme &lexeme)
    {
        using Kind = Lexeme::Kind;
        switch (lexeme.kind) {
            case Kind::space: out_ += lexeme.text; return;
            case Kind::comment: out_ += mask_connection(lexeme.text); return;
            case Kind::word: word(lexeme.text, lexeme.text); return;
            case Kind::quoted_identifier: word(lexeme.text, lexeme.body); return;
            case Kind::string:
            case Kind::dollar_string: literal(lexeme); return;
            case Kind::number:
                if (setting_ == Setting::value) {
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

    void word(std::string_view raw, std::string_view name)
    {
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
        secret_next_ = equals_folded(name, "password") || equals_folded(name, "connection");
        if (setting_ == Setting::name && (equals_folded(name, "to"))) {
            setting_ = Setting::value;
            return;
        }
        if (equals_folded(name, "approval_token")) {
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
        const bool secret = setting_ == Setting::value || secret_next_ || secret_depth_ > 0 || last_was_masked_ ||
                            (sensitive_option_ && parentheses_ > 0 && in_options());
        if (secret && !(is_setting_name && secret_depth_ > 0)) {
            masked();
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

    void plain_literal(const Lexeme &lexeme)
    {
        if (!is_suspicious(lexeme.body)) {
            out_ += lexeme.text;
            return;
        }
        if (depth_ >= deepest) {
            masked();
            return;
        }
        const bool dollar = lexeme.kind == Lexeme::Kind::dollar_string;
        const std::string content = dollar ? std::string(lexeme.body) : unquote(lexeme);
        std::string cleaned = Redactor(content, depth_ + 1).run();
        // A body of code is no connection string: "password = new_password" is not a secret there.
        if (!dollar || content.find('\n') == std::string::npos) cleaned = mask_connection(cleaned);
        if (cleaned == content) {
            out_ += lexeme.text;
            return;
        }
        const auto opening = static_cast<std::size_t>(lexeme.body.data() - lexeme.text.data());
        out_ += lexeme.text.substr(0, opening);
        for (const char c : cleaned) {
            if (c == '\'' && !dollar) out_ += c;
            out_ += c;
        }
        out_ += lexeme.text.substr(opening + lexeme.body.size());
    }

    // Only quotes are unescaped: other escapes mean nothing to the search.
    static std::string unquote(const Lexeme &lexeme)
    {
        std::string content;
        content.reserve(lexeme.body.size());
        const std::string_view body = lexeme.body;
        for (std::size_t i = 0; i < body.size(); ++i) {
            const bool pair = i + 1 < body.size();
            if (pair && body[i] == '\'' && body[i + 1] == '\'') {
                ++i;
            } else if (pair && lexeme.backslash && body[i] == '\\') {
                if (body[i + 1] != '\'') content += body[i];
                ++i;
            }
            content += body[i];
        }
        return content;
    }

    void punctuation(std::string_view sign)
    {
        out_ += sign;
        last_was_masked_ = false;
        const char c = sign[0];
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
        }
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
    int parentheses_ = 0;
    int secret_depth_ = 0;  // parentheses at which every literal is a secret; 0 for none
    Setting setting_ = Setting::none;
    Options options_ = Options::none;
    bool secret_next_ = false;
    bool sensitive_option_ = false;
    bool opens_options_ = false;
    bool opens_token_call_ = false;
    bool last_was_masked_ = false;
};

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

std::string redact(std::string_view statement) { return redact_tokens(Redactor(statement, 0).run()); }

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
