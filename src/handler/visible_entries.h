// Which entries of a directory a client may know of: what may not be read is neither shown nor counted. Made for each
// request by listings/, and by archives/ for each folder of an archive.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "handler/rights.h"

namespace handler {

class VisibleEntries {
public:
    /// All of them.
    VisibleEntries() = default;
    /// Those of `directory` (canonical) that `client` may read, or list when they are directories. `grants` may be
    /// null: all of them.
    VisibleEntries(const std::shared_ptr<const PathRights>& grants, Client client, std::string_view directory)
        : which_(grants != nullptr && grants->has_places_below(directory) ? Which::granted : Which::all),
          grants_(grants),
          client_(std::move(client)) {}
    /// None of them: the listing is the page of a drop box.
    [[nodiscard]] static VisibleEntries none() {
        VisibleEntries visible;
        visible.which_ = Which::none;
        return visible;
    }

    [[nodiscard]] bool are_all() const { return which_ == Which::all; }
    /// `path`: of the entry, canonical, without a slash at its end.
    [[nodiscard]] bool has_file(std::string_view path) const { return has(path, Rights(Right::read)); }
    [[nodiscard]] bool has_directory(std::string_view path) const {
        if (which_ != Which::granted) return which_ == Which::all;
        // The slash tells it from the sidecar of a file.
        return has(std::string(path) + '/', Rights(Right::read, Right::list));
    }

private:
    enum class Which : std::uint8_t { all, granted, none };

    [[nodiscard]] bool has(std::string_view path, Rights any_of) const {
        if (which_ != Which::granted) return which_ == Which::all;
        return grants_->rights_at(path, client_).has_any_of(any_of);
    }

    Which which_ = Which::all;
    std::shared_ptr<const PathRights> grants_;
    Client client_;
};

}  // namespace handler
