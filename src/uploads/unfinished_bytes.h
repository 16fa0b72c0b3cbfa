// What the unfinished uploads of each client hold on the disk: bodies of PUT and POST, forms and resumable uploads that
// this process began. Bounds it for each client, so that nobody fills the disk with what he never ends. Owned by
// UploadStore; asked by everything in this room that takes a body.
#pragma once

#include <cstdint>
#include <expected>

#include "base/counters.h"
#include "http/client_shares.h"
#include "http/framing.h"

namespace uploads {

class UnfinishedBytes {
public:
    using Share = http::ClientShares::Share;

    /// `most`: bytes of one client; 0 is no bound.
    explicit UnfinishedBytes(std::uint64_t most) : most_(most) {}
    /// For what comes from here on.
    void set_most(std::uint64_t most) { most_ = most; }

    /// For one upload, which holds nothing yet; this outlives it. Nothing is counted for unix sockets, whose clients
    /// are many.
    [[nodiscard]] Share count(const http::ClientKey& client) {
        return client == http::ClientKey() ? Share() : shares_.count(client);
    }
    /// 507 when `more` bytes would make the client's uploads hold more than the bound. As with a quota (RFC 4331 §6),
    /// the client can make room. `client`: ClientKey() for what is not counted, such as Share().client().
    [[nodiscard]] std::expected<void, http::Refusal> check(const http::ClientKey& client, std::uint64_t more);
    /// What all uploads hold that are counted for the client.
    [[nodiscard]] std::uint64_t of(const http::ClientKey& client) const { return shares_.bytes_of(client); }

    /// This outlives what is returned.
    [[nodiscard]] base::Counters::Registration register_counters(base::Counters& counters) const;

private:
    http::ClientShares shares_;
    std::uint64_t most_;
    std::uint64_t refused_ = 0;
};

}  // namespace uploads
