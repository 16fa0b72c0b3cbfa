// Addresses are read as those of Destination are.
#include "site/if_fields.h"

#include <utility>

#include "http/dav_fields.h"
#include "site/destinations.h"

namespace site {
namespace {

std::string_view without_slash(std::string_view path) {
    if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
    return path;
}

}  // namespace

std::expected<http::IfField, http::Refusal> find_if_field(const http::Request& request, std::string_view path,
                                                          const Resources& resources, std::string_view prefix) {
    using About = http::IfList::About;
    auto field = http::parse_if(request);
    if (!field) return field;
    field->path = path;
    for (http::IfList& list : field->lists) {
        if (list.about == About::own) continue;
        auto address = http::parse_address(list.tag);
        if (!address) continue;
        auto found = find_named(request, std::move(*address), resources, prefix);
        if (!found) continue;
        list.about = without_slash(found->path) == without_slash(path) ? About::own : About::other;
        list.path = std::move(found->path);
    }
    return field;
}

}  // namespace site
