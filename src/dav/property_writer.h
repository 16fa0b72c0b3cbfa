// Writes a multistatus document (RFC 4918 §14.16) about entries and their properties. Called by
// multistatus_source, properties, property_update, lock_taking and locked_answers.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "dav/dead_properties.h"
#include "dav/lock_xml.h"
#include "dav/property_query.h"
#include "http/status.h"

namespace dav {

/// Bytes of a file system (RFC 4331).
struct Quota {
    std::uint64_t available = 0;
    std::uint64_t used = 0;
};

/// A resource, as far as its properties tell of it.
struct EntryProperties {
    std::string_view href;  ///< its address, percent-encoded
    std::string_view name;  ///< as it is on the disk
    bool is_directory = false;
    struct stat status{};
    std::string_view media_type;         ///< of a file
    std::optional<std::int64_t> born_s;  ///< seconds since 1970; not every file system knows
    std::optional<Quota> quota;          ///< where it is told
    std::string locks;                   ///< the content of lockdiscovery, where it is wanted
    std::string_view supported_locks;    ///< that of supportedlock
    DeadProperties dead;                 ///< where they are wanted
    /// The errno that kept what is wanted from being found out; 0: none. What is not known then is not said to be
    /// absent.
    int unread = 0;

    /// Finds out with the resource open as `file` what `query` wants besides.
    void look_into(int file, const PropertyQuery& query);
    /// The same about the locks of `path`, canonical.
    void tell_locks(const LockView& view, std::string_view path, const PropertyQuery& query);
    /// The same about the file system that the folder `directory` is on, where it may be told.
    void tell_quota(int directory);
    /// True when the disk or the machine failed: not for an entry that is gone, or that may not be read.
    [[nodiscard]] bool has_fault() const;
};

class PropertyWriter {
public:
    explicit PropertyWriter(PropertyQuery query);

    [[nodiscard]] const PropertyQuery& query() const { return query_; }

    static void append_opening(std::string& out);
    static void append_closing(std::string& out);
    /// `now`: whether the tag is weak, as the tag of a GET would be. What could not be found out has the status 403 or
    /// 500, without names where these are not known; an entry that is gone is 404.
    void append_entry(std::string& out, const EntryProperties& entry, base::UnixNs now) const;
    /// The beginning and the end of a response, and what is between them for some properties without their values.
    static void append_response_opening(std::string& out, std::string_view href);
    static void append_names(std::string& out, std::string_view elements, http::Status status);
    static void append_response_closing(std::string& out);
    /// A resource that could not be looked at.
    static void append_failure(std::string& out, std::string_view href, http::Status status);

private:
    [[nodiscard]] bool has(LiveProperty property, const EntryProperties& entry) const;
    /// Elements of properties that the entry does not have, and of those that could not be found out.
    struct Lacking {
        std::string missing;
        std::string unread;
    };
    void append_live_ones(std::string& out, Lacking& lacking, const EntryProperties& entry, base::UnixNs now) const;
    void append_dead_ones(std::string& out, Lacking& lacking, const EntryProperties& entry) const;

    PropertyQuery query_;
    std::string missing_;  ///< the elements of query_.others
};

}  // namespace dav
