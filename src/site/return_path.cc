// What is wanted is parsed like the target of a request and printed anew.
#include "site/return_path.h"

#include "http/method.h"
#include "http/target.h"

namespace site {
namespace {

/// Longer paths, as they are printed, are not worth a field of the form or of the answer.
constexpr std::size_t kMostBytes = 4096;
constexpr std::string_view kOwnPages = "/.godwit/";

std::string printed(const http::Target& target, std::string_view query) {
    if (target.path.starts_with(kOwnPages)) return "/";
    std::string path = http::encode_path(target.path);
    if (!query.empty()) path.append("?").append(query);
    if (path.size() > kMostBytes) return "/";
    return path;
}

}  // namespace

std::string return_path(std::string_view wanted) {
    if (wanted.size() > kMostBytes || !wanted.starts_with('/') || wanted.find('\\') != std::string_view::npos)
        return "/";
    // Browsers take "//host/" for another host; nobody who came from a page here has that.
    if (wanted.starts_with("//")) return "/";
    http::Target target;
    const http::Slice all{0, static_cast<std::uint32_t>(wanted.size())};
    if (http::parse_target(wanted, all, false, target) != http::TargetError::none) return "/";
    if (target.form != http::Target::Form::origin || target.has_escaped_slash) return "/";
    return printed(target, target.query.of(wanted));
}

std::string return_path_of(const http::Request& request) {
    if (request.target.form == http::Target::Form::asterisk || request.target.has_escaped_slash) return "/";
    return printed(request.target, http::is_safe(request.method) ? request.query() : std::string_view());
}

}  // namespace site
