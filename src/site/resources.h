// Which resource a path names: a file below the root, or a built-in endpoint. Called by the router for every request,
// and by the decoration, whose rules are for canonical paths.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "handler/resource.h"
#include "http/request.h"
#include "records/records.h"
#include "site/site_config.h"
#include "storage/file_root.h"
#include "uploads/resumable_uploads.h"

namespace site {

class Resources {
public:
    /// Looks into the root for entries named like a built-in endpoint: they win, and that endpoint is off. `root`,
    /// `records` and `resumable` must outlive this. Without `rules.builtin` every path is a file's.
    Resources(const storage::FileRoot& root, const SiteConfig& rules, const records::Records& records,
              const uploads::ResumableUploads& resumable);

    /// The path of the result is a part of `path`, or a constant.
    [[nodiscard]] handler::Resource find(std::string_view path) const;
    [[nodiscard]] handler::Resource find(const http::Request& request) const;

    /// Names of the built-in endpoints that are off because the root has an entry of that name, such as "echo".
    [[nodiscard]] const std::vector<std::string_view>& shadowed_endpoints() const { return shadowed_; }

private:
    using Kind = handler::Resource::Kind;

    [[nodiscard]] bool is_on(Kind kind) const { return (on_ & (1U << static_cast<unsigned>(kind))) != 0; }
    [[nodiscard]] handler::Resource endpoint_or_file(Kind kind, bool matches, std::string_view path) const;

    [[nodiscard]] handler::Resource own_or_hidden(std::string_view path) const;
    [[nodiscard]] handler::Resource below_root(std::string_view path) const;

    const storage::FileRoot& root_;
    const records::Records& records_;
    const uploads::ResumableUploads& resumable_;

    bool has_sign_in_page_;
    bool has_shares_;
    std::uint32_t on_ = 0;  ///< a bit for each built-in endpoint that answers
    std::vector<std::string_view> shadowed_;
};

}  // namespace site
