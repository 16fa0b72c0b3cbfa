// What options add to answers, whoever gave them: configured fields, error pages, Cache-Control and CORS. Made by
// RuledSite only when one of these options is set; otherwise responses do not pass here.
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
    /// All references but `config` must outlive this. Prefixes and patterns are compared with two paths: the canonical
    /// path of what was asked for, and the path of what answers. The two differ where a link below `root`, an index, a
    /// page or a route of an application answers. Error pages are found in `cache`.
    Decoration(const SiteConfig& config, const storage::FileRoot& root, const Resources& resources,
               files::RepresentationCache& cache);

    [[nodiscard]] static bool is_wanted(const SiteConfig& config);

    /// Makes the last changes to a response. `request` is null when the head was not understood.
    void apply(const http::Request* request, http::Response& response) const;

private:
    void take_error_page(const http::Request* request, http::Response& response) const;
    /// The paths by which rules are looked up.
    struct Paths {
        std::string_view asked;   ///< canonical, of the request
        std::string_view served;  ///< of what answers; empty when it is not known
    };

    [[nodiscard]] bool has_rules_by_path() const { return has_prefixes_ || !cache_rules_.empty(); }
    /// `real` holds what the result points to.
    [[nodiscard]] Paths find_paths(const http::Request& request, const http::Response& response,
                                   std::string& real) const;
    void add_configured(const Paths& paths, http::Response& response) const;
    void add_cache_control(const http::Request& request, const Paths& paths, http::Response& response) const;
    void add_cors(const http::Request* request, http::Response& response) const;

    const storage::FileRoot& root_;
    const Resources& resources_;
    files::RepresentationCache& cache_;
    std::vector<HeaderRule> headers_;
    bool has_prefixes_ = false;  ///< one of them is not for every path
    std::string hsts_;           ///< the value of Strict-Transport-Security; empty: none
    files::CacheRules cache_rules_;
    std::vector<ErrorPage> error_pages_;
    Cors cors_;
};

}  // namespace site
