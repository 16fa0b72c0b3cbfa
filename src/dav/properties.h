// PROPFIND (RFC 4918 §9.1): the properties of a file, or of a folder with its entries. Called by the router.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "dav/found_path.h"
#include "dav/lock_xml.h"
#include "dav/property_query.h"
#include "handler/handler.h"
#include "handler/rights.h"
#include "http/dav_fields.h"
#include "http/memory_share.h"
#include "media/media_type.h"
#include "storage/file_root.h"

namespace dav {

struct PropertiesConfig {
    std::shared_ptr<const media::MediaTypes> media_types = media::MediaTypes::built_in();
    std::string path_prefix;          ///< in front of addresses of locks; empty, or without a slash at its end
    storage::Locks* locks = nullptr;  ///< that are told of; null: there are none, ever
};

class Properties {
public:
    /// The references must outlive this and every response made by it. `share`: of the memory of answers that are made
    /// while they are sent.
    Properties(const storage::FileRoot& root, const base::Clock& clock, http::MemoryShare& share,
               const handler::RightsRules& rules, PropertiesConfig config)
        : root_(root), clock_(clock), share_(share), rules_(rules), config_(std::move(config)) {}

    /// `path`: of the resource, canonical; the client may read or list it. The address in the answer is that of
    /// the request. 403 for the depth infinity of a folder, 404 where nothing is.
    handler::Decision find(const http::Request& request, std::string_view path);

private:
    /// What one request is about.
    struct Asked {
        std::string path;
        http::Depth depth;
    };
    [[nodiscard]] http::Response answer(const http::Request& request, const Asked& asked, PropertyQuery query) const;
    [[nodiscard]] http::Response answer_folder(const http::Request& request, const FoundPath& folder, http::Depth depth,
                                               PropertyQuery query) const;

    [[nodiscard]] LockView lock_view() const { return {config_.locks, root_, config_.path_prefix}; }

    const storage::FileRoot& root_;
    const base::Clock& clock_;
    http::MemoryShare& share_;
    const handler::RightsRules& rules_;
    PropertiesConfig config_;
};

}  // namespace dav
