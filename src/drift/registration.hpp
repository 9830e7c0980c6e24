#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drift/digest.hpp"
#include "drift/owner_session.hpp"

namespace drift {

// Replaces or adds one expected schema.  Other registrations wait until the
// transaction ends; readers of the schema it replaces do not.
class Registration {
  public:
    Registration(OwnerSession &session, std::string name);

    // In order of the keys.  payload is JSON.
    void add(std::string_view id, std::string_view kind, std::string_view parent, std::string_view payload,
             std::string_view digest);
    std::int64_t facts() const { return facts_; }
    const std::string &name() const { return name_; }
    // Over the facts added; once.
    std::string digest() { return root_.finish(); }

    struct Origin {
        const char *source;  // "live", "document" or "ddl"
        std::int64_t server_version_num;
        std::string encoding;
        std::string digest;
    };
    // Writes what is left and the row that makes the facts a schema.  Without a revision it is the database's.
    void finish(const Origin &origin, const std::optional<std::string> &revision = std::nullopt);

  private:
    void flush();

    OwnerSession &session_;
    std::string name_;
    std::int64_t ledger_id_ = 0;
    std::string running_;  // pg_snapshot taken with it
    bool active_ = false;
    std::int64_t facts_ = 0;
    RootDigest root_;
    static constexpr std::size_t texts = 5;
    std::vector<std::string> batch_[texts];
    std::size_t batch_bytes_ = 0;
};

}  // namespace drift
