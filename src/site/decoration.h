// What options add to answers, whoever gave them: configured fields, error pages, Cache-Control and CORS. Made by Site
// only when one of these options is set; otherwise responses do not pass here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "files/cache_rules.h"
#include "files/representation_cache.h"
#include "http/request.h"
#include "http/response.h"
#include "site/resources.h"
#include "site/site_config.h"

namespace site {

class Decoration {
public:
    /// Both references must outlive this. Prefixes and patterns are compared with the canonical path of what was asked
    /// for; error pages are found in `cache`.
    Decoration(const SiteConfig& config, const Resources& resources, files::RepresentationCache& cache);

    [[nodiscard]] static bool is_wanted(const SiteConfig& config);

    /// Makes the last changes to a response. `request` is null when the head was not understood.
    void apply(const http::Request* request, http::Response& response) const;

private:
    void take_error_page(const http::Request* request, http::Response& response) const;
    void add_configured(const http::Request* request, http::Response& response) const;
    void add_cache_control(const http::Request& request, http::Response& response) const;
    void add_cors(const http::Request* request, http::Response& response) const;

    const Resources& resources_;
    files::RepresentationCache& cache_;
    std::vector<HeaderRule> headers_;
    std::string hsts_;  ///< the value of Strict-Transport-Security; empty: none
    files::CacheRules cache_rules_;
    std::vector<ErrorPage> error_pages_;
    Cors cors_;
};

}  // namespace site
