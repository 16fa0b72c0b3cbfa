// One new lock, from its request to the disk (RFC 4918 §9.10). The name is held meanwhile, so that no write that began
// before is published after. Made by locking.
#pragma once

#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dav/lock_xml.h"
#include "handler/kept_request.h"
#include "handler/write_rules.h"
#include "http/body.h"
#include "storage/publication.h"
#include "storage/write_conditions.h"

namespace dav {

class LockTaking final : public http::PendingResponse {
public:
    /// What is asked for: a lock with its path as it was asked for, without a token.
    struct Wanted {
        storage::Lock lock;
        std::int64_t seconds = 0;
    };
    /// The references outlive this. 409 where the folder above is missing, 403 for hidden names and links.
    static std::expected<std::unique_ptr<LockTaking>, http::Refusal> open(const storage::WriteParts& parts,
                                                                          const handler::WriteRules& rules,
                                                                          std::string_view path_prefix,
                                                                          const http::Request& request, Wanted wanted);
    LockTaking(const LockTaking&) = delete;
    LockTaking& operator=(const LockTaking&) = delete;
    /// Before the end nobody knows the token: there is no lock then.
    ~LockTaking() override;

    std::optional<http::Response> advance(http::Wake wake) override;
    [[nodiscard]] http::Changes take_changes() override {
        return http::changes_of(std::exchange(change_, std::nullopt));
    }

private:
    enum class Step : std::uint8_t { taking, syncing, done };

    LockTaking(const storage::WriteParts& parts, const handler::WriteRules& rules, std::string_view path_prefix,
               const http::Request& request, storage::WritePlace place, Wanted wanted);
    std::optional<http::Response> take(http::Wake wake);
    [[nodiscard]] std::optional<http::Refusal> find_fault(const std::optional<struct stat>& found) const;
    std::optional<http::Response> grant(const storage::HeldName& name, bool is_new, http::Wake wake);
    [[nodiscard]] http::Response conflict(const storage::Lock& lock) const;
    void give_back();
    [[nodiscard]] http::Response refuse(const http::Refusal& refusal);
    [[nodiscard]] http::Response answer() const;

    const storage::WriteParts& parts_;
    const handler::WriteRules& rules_;
    std::string path_prefix_;
    handler::KeptRequest request_;
    storage::WriteConditions conditions_;
    storage::WritePlace place_;
    Wanted wanted_;
    std::string asked_;  ///< the canonical path, with a slash at its end where the request has one
    Step step_ = Step::taking;
    std::string token_;  ///< once it is granted
    enum class Made : bool { nothing, file } made_ = Made::nothing;
    storage::Publication publication_;
    storage::DiskOperations syncs_;
    std::optional<http::Change> change_;
};

}  // namespace dav
