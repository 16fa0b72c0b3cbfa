// Requests to a whole site of handlers, without a connection: what the connection would do with a decision.
#pragma once

#include <unistd.h>

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "site/site.h"
#include "storage/disk_queue.h"
#include "support/write_site.h"

namespace support {

struct Answer {
    http::Response response;
    bool before_body = true;  ///< refused without a byte of the body
    http::Changes changes = {};

    [[nodiscard]] int status() const { return http::code(response.status); }
    /// The value of a field of the answer; empty when it is not there.
    [[nodiscard]] std::string field(std::string_view name) const {
        return std::string(response.find(name).value_or(std::string_view()));
    }
    /// The body where it is in memory, in one piece or in several.
    [[nodiscard]] std::string body() const {
        if (const auto* piece = std::get_if<http::Piece>(&response.body)) return text_of(*piece);
        std::string all;
        const auto* pieces = std::get_if<std::vector<http::Piece>>(&response.body);
        if (pieces == nullptr) return all;
        for (const http::Piece& piece : *pieces) all += text_of(piece);
        return all;
    }

private:
    static std::string text_of(const http::Piece& piece) {
        if (const auto* text = std::get_if<std::string>(&piece)) return *text;
        const auto* blob = std::get_if<http::Blob>(&piece);
        if (blob == nullptr) return {};
        return {reinterpret_cast<const char*>(blob->bytes.data()), blob->bytes.size()};
    }
};

/// Gives `body` to the decision in blocks of `block_bytes` and waits for the answer.
inline Answer settle(handler::Decision decision, std::string_view body, std::string_view trailers,
                     std::size_t block_bytes, storage::DiskQueue& disk) {
    if (auto* response = std::get_if<http::Response>(&decision)) return {std::move(*response), true};
    std::unique_ptr<http::PendingResponse> pending;
    if (auto* sink = std::get_if<std::unique_ptr<http::BodySink>>(&decision)) {
        for (; !body.empty(); body.remove_prefix(std::min(block_bytes, body.size()))) {
            while (!(*sink)->catch_up()) {
            }
            const auto taken = (*sink)->write(bytes(body.substr(0, block_bytes)));
            if (!taken) {
                http::Response refused;
                refused.status = taken.error().status;
                refused.reason = taken.error().reason;
                return {std::move(refused), false};
            }
        }
        pending = (*sink)->finish(trailers);
        sink->reset();
    } else {
        pending = std::move(std::get<std::unique_ptr<http::PendingResponse>>(decision));
    }
    http::Response response = run(*pending, disk);
    return {std::move(response), false, pending->take_changes()};
}

/// A directory and everything that answers for it.
struct AnsweringSite {
    explicit AnsweringSite(const site::SiteConfig& config = all_allowed()) : config_(config) {
        support::start(*disk);
        start();
    }

    static site::SiteConfig all_allowed() {
        site::SiteConfig config;
        config.allow_upload = config.allow_replace = config.allow_delete = true;
        return config;
    }

    /// The handlers look at the directory anew, as at the start of the program.
    void start() {
        site.reset();
        auto opened = storage::FileRoot::open(directory.path(), config_.symlinks);
        REQUIRE(opened.has_value());
        root.emplace(std::move(*opened));
        root->set_dot_files(config_.dot_files);
        site.emplace(*root, std::make_shared<const site::SiteConfig>(config_), clock, arrivals, *disk, memory);
    }

    Answer ask(std::string_view method, std::string_view target, std::string_view fields = {}) {
        return send(head(method, target, fields), {}, {}, 1);
    }
    Answer put(std::string_view target, std::string_view body, std::string_view fields = {}) {
        return upload("PUT", target, body, fields);
    }
    Answer upload(std::string_view method, std::string_view target, std::string_view body,
                  std::string_view fields = {}) {
        std::string all(fields);
        all.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
        return send(head(method, target, all), body, {}, 7);
    }
    Answer put_chunked(std::string_view target, std::string_view body, std::string_view trailers = {},
                       std::string_view fields = {}) {
        return send(head("PUT", target, std::string("Transfer-Encoding: chunked\r\n").append(fields)), body, trailers,
                    5);
    }
    Answer send(std::string_view head_text, std::string_view body, std::string_view trailers, std::size_t block_bytes) {
        arrivals.latest++;
        const ParsedRequest request(head_text);
        http::Request copy = *request;
        copy.arrival = arrivals.latest;
        copy.is_secure = is_secure;
        copy.user = user;
        copy.client = client;
        std::optional<handler::Decision> instead = site->admit(copy);
        Answer answer = settle(instead ? std::move(*instead) : site->handle(copy), body, trailers, block_bytes, *disk);
        if (!answer.before_body) site->decorate(&copy, answer.response);
        return answer;
    }

    /// True when nothing is left in the directory, once what is removed in the background is gone.
    [[nodiscard]] bool becomes_empty() {
        std::vector<http::Wake> wakes;
        for (int i = 0; i < 10'000 && !directory.list().empty(); ++i) {
            disk->submit();
            support::reap(*disk, wakes);
            ::usleep(100);
        }
        return directory.list().empty();
    }

    TempDir directory;
    std::optional<storage::FileRoot> root;
    base::SystemClock clock;
    base::ArrivalClock arrivals;
    bool is_secure = false;                  ///< of the requests
    std::shared_ptr<const http::User> user;  ///< who signed in with the requests; null: nobody
    http::Client client;                     ///< who sends the requests
    base::WakeQueue woken;
    std::unique_ptr<storage::DiskQueue> disk = storage::make_disk_queue(woken);
    base::MemoryBudget memory{std::size_t{256} * 1024 * 1024};
    std::optional<site::Site> site;

private:
    site::SiteConfig config_;
};

}  // namespace support
