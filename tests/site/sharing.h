// What tests of share links stand on: a directory with a store, a clock, and requests of a user or a link.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "access_control/share_store.h"
#include "handler/error_page.h"
#include "http/body.h"
#include "site/share_parts.h"
#include "storage/disk_queue.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/parsed_request.h"
#include "support/temp_dir.h"

struct Sharing {
    support::TempDir directory;
    storage::FileRoot root = *storage::FileRoot::open(directory.path(), storage::Symlinks::none);
    FakeClock clock;
    base::WakeQueue wakes;
    std::unique_ptr<storage::DiskQueue> disk = storage::make_synchronous_disk_queue(wakes);
    access_control::ShareStore store{root};
    site::ShareCounts counts;
    site::ShareParts parts{.root = root, .store = store, .disk = *disk, .clock = clock, .counts = counts};

    /// Of alice, for a day.
    access_control::ShareLink link_to(std::string path, std::uint32_t limit = 0) const {
        return {.id = access_control::make_share_id(),
                .maker = "alice",
                .path = std::move(path),
                .made_s = clock.unix_seconds(),
                .ends_s = clock.unix_seconds() + 86'400,
                .limit = limit};
    }
    std::string token_of(const access_control::ShareLink& link) const {
        const auto made = store.make(link);
        REQUIRE(made.has_value());
        return made->token;
    }
};

inline std::shared_ptr<const http::User> user_named(std::string name) {
    return std::make_shared<const http::User>(http::User{std::move(name), {}});
}

/// Gives `body` to the sink, if there is one, and takes the answer.
inline Answer answer_to(handler::Decision decision, std::string_view body = {},
                        http::Method method = http::Method::get) {
    if (auto* const sink = std::get_if<std::unique_ptr<http::BodySink>>(&decision)) {
        if (const auto written = (*sink)->write(std::as_bytes(std::span(body))); !written) {
            return take_answer(handler::refusal_response(nullptr, written.error()));
        }
        auto work = (*sink)->finish({});
        decision = std::move(work);
    }
    return take_answer(std::move(decision), method);
}
