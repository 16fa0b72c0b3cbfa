// A response that is sent once what was changed for it is on the disk. Made by locking.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "handler/error_page.h"
#include "http/body.h"
#include "http/response.h"
#include "storage/disk_queue.h"
#include "storage/publication.h"

namespace dav {

class SyncedAnswer final : public http::PendingResponse {
public:
    /// `changed`: open files and directories; none: nothing is waited for. `unsynced`: the answer when the disk fails.
    SyncedAnswer(storage::DiskQueue& disk, std::vector<base::SharedFd> changed, http::Response response,
                 const http::Refusal& unsynced)
        : disk_(disk), changed_(std::move(changed)), response_(std::move(response)), unsynced_(unsynced) {}

    std::optional<http::Response> advance(http::Wake wake) override {
        if (!changed_.empty()) syncs_.sync_directories(disk_, std::exchange(changed_, {}), wake);
        if (!syncs_.done()) return std::nullopt;
        if (syncs_.error() != 0) return handler::refusal_response(nullptr, unsynced_);
        return std::move(response_);
    }

private:
    storage::DiskQueue& disk_;
    std::vector<base::SharedFd> changed_;
    http::Response response_;
    http::Refusal unsynced_;
    storage::DiskOperations syncs_;
};

}  // namespace dav
