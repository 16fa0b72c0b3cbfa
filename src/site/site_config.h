// The rules of a site: what it is allowed to do and how it answers. Filled by app/ from options, followed by the
// router and its handlers, and replaced as a whole.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archives/archives.h"
#include "files/cache_rules.h"
#include "files/representation_builder.h"
#include "handler/write_rules.h"
#include "listings/listing_shares.h"
#include "media/media_type.h"
#include "site/site_rules.h"
#include "storage/durability.h"
#include "storage/file_root.h"

namespace site {

/// The most that a cache, listings and archives may have of all memory. The rest, three eighths, is for what is on its
/// way to clients. So new listings and archives are refused before an answer that has begun has to be cut.
[[nodiscard]] constexpr std::size_t most_cache_bytes(std::size_t memory_bytes) { return memory_bytes / 4; }
[[nodiscard]] constexpr std::size_t most_listing_bytes(std::size_t memory_bytes) {
    return std::min(listings::kListingsBytes, memory_bytes / 8);
}
[[nodiscard]] constexpr std::size_t most_archive_bytes(std::size_t memory_bytes) {
    return std::min(archives::kArchivesBytes, memory_bytes / 4);
}

struct SiteConfig : handler::WriteRules {
    bool has_sign_in_page = false;  ///< browsers sign in on a page, and are given a cookie; only with signs_in
    bool builtin = true;            ///< /echo/, /user-agent, /files/, /healthz
    std::string index_name = "index.html";
    /// When a single file is served: the only path besides "/" that names something; empty otherwise.
    std::string only_path;
    /// Uploaded pages run scripts like the pages of this server.
    bool trusts_uploads = false;
    [[nodiscard]] bool confines_pages() const { return allow_upload && !trusts_uploads; }

    /// Host names that requests may be for, without a port, in lower case, an IPv6 address in brackets. When there are
    /// none, own_hosts counts.
    std::vector<std::string> allowed_hosts;
    bool answers_any_host = false;  ///< neither allowed_hosts nor own_hosts counts
    OwnHosts own_hosts;
    /// Where only this machine can connect, reading is guarded as well: from pages that its browsers show.
    [[nodiscard]] bool guards_hosts() const { return allows_writing() || own_hosts.is_local; }
    /// By extension; never null.
    std::shared_ptr<const media::MediaTypes> media_types = media::MediaTypes::built_in();
    storage::Symlinks symlinks = storage::Symlinks::inside;
    storage::DotFiles dot_files = storage::DotFiles::hide;
    storage::Durability durability = storage::Durability::full;

    int compression_level = 6;  ///< 0 (never) to 9; zlib's own default is 6
    /// Bytes of the representation cache: small files and coded forms.
    std::size_t cache_bytes = std::size_t{64} * 1024 * 1024;
    /// An upload that would leave less than this free on its file system is refused with 507.
    std::uint64_t min_free_bytes = 0;

    /// The path that the site is below, decoded: "/files", without a slash at its end; empty: none.
    std::string path_prefix;

    /// Plain requests are led to https, at https_port.
    bool redirect_https = false;
    std::uint16_t https_port = 0;  ///< of the first https address
    /// What browsers are told, over https, about how long they shall come back by https only; nullopt: nothing.
    std::optional<std::int64_t> hsts_s;

    bool spa = false;         ///< paths that name nothing get the root's index, where the client takes HTML
    bool clean_urls = false;  ///< "/about" is about.html, and "/about.html" leads there
    std::vector<HeaderRule> headers;
    std::vector<files::CacheRule> cache_rules;
    std::vector<files::CharsetRule> charsets;
    std::vector<ErrorPage> error_pages;  ///< at most one for each status
    Cors cors;
};

}  // namespace site
