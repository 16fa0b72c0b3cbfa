// Requests that sign in, and a verifier that answers when a test says so.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "access_control/sign_in.h"
#include "support/catch.h"
#include "support/fake_clock.h"
#include "support/fake_verifier.h"
#include "support/parsed_request.h"

namespace sign_in_bench {

inline const std::string alice = "Authorization: Basic YWxpY2U6cHc=\r\n";  // alice:pw
inline const std::string token = "Authorization: Bearer godwit_t\r\n";

struct Bench {
    /// The decision about a request with these fields; nullopt: it goes on.
    std::optional<handler::Decision> admit(const std::string& lines, http::ClientKey client = {0, 1}) {
        parsed.push_back(std::make_unique<ParsedRequest>("GET", "/", lines));
        request = parsed.back()->get();
        request.client.key = client;
        return sign_in.admit(request, [this](const http::Request& known) {
            routed = known.user ? known.user->name : "nobody";
            return handler::Decision(http::Response{});
        });
    }
    /// The same, to the response; the verifier has answered by then, or says nothing.
    std::optional<http::Response> settle(const std::string& lines, const std::string& right_name,
                                         http::ClientKey client = {0, 1}) {
        auto decision = admit(lines, client);
        if (!decision) return std::nullopt;
        if (auto* response = std::get_if<http::Response>(&*decision)) return std::move(*response);
        auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*decision));
        if (auto early = pending->advance(request, 7)) return std::move(std::get<http::Response>(*early));
        verifier.answer(right_name);
        auto later = pending->advance(request, 7);
        REQUIRE(later.has_value());
        return std::move(std::get<http::Response>(*later));
    }
    /// A request with a badge of alice's, or with `text`; what admit_badge() decides.
    std::optional<handler::Decision> admit_badge(const std::string& text, http::ClientKey client = {0, 1}) {
        parsed.push_back(std::make_unique<ParsedRequest>("GET", "/"));
        request = parsed.back()->get();
        request.client.key = client;
        return sign_in.admit_badge(request, text, [this](const http::Request& known) {
            routed = known.user ? known.user->name : "nobody";
            return handler::Decision(http::Response{});
        });
    }
    /// A request with a link of alice's to "/a"; what admit_link() decides.
    std::optional<handler::Decision> admit_link(http::ClientKey client = {0, 1}, const char* stamp = "5747") {
        parsed.push_back(std::make_unique<ParsedRequest>("GET", "/a"));
        request = parsed.back()->get();
        request.client.key = client;
        request.shown_link = http::ShownLink::by_query;
        return sign_in.admit_link(request, "alice", {.path = "/a", .maker_stamp = stamp},
                                  [this](const http::Request& known) {
                                      routed = known.shared ? known.shared->maker->name : "nobody";
                                      return handler::Decision(http::Response{});
                                  });
    }
    /// A request over a connection whose client showed a certificate; what admit_certified() decides.
    std::optional<handler::Decision> admit_certified(const std::string& name) {
        parsed.push_back(std::make_unique<ParsedRequest>("GET", "/a"));
        request = parsed.back()->get();
        request.client.key = {0, 1};
        request.certified =
            std::make_shared<const http::User>(http::User{.name = name, .groups = {}, .has_account = false});
        return sign_in.admit_certified(request, [this](const http::Request& known) {
            routed = known.user ? known.user->name : "nobody";
            return handler::Decision(http::Response{});
        });
    }
    /// The same, to its end; the verifier knows `right_name`, in the group "staff".
    void settle_certified(const std::string& name, const std::string& right_name) {
        auto decision = admit_certified(name);
        REQUIRE(decision.has_value());
        auto pending = std::move(std::get<std::unique_ptr<handler::PendingDecision>>(*decision));
        CHECK_FALSE(pending->advance(request, 7).has_value());
        verifier.answer(right_name, {"staff"});
        REQUIRE(pending->advance(request, 7).has_value());
    }
    /// Signs in by the form; the verifier has answered by then.
    access_control::SignIn::Outcome check(std::string_view name, const std::string& right_name,
                                          http::ClientKey client = {0, 1}) {
        const auto check = sign_in.check_password(client, name, "pw");
        if (auto early = check->advance(7)) return *early;
        verifier.answer(right_name);
        auto later = check->advance(7);
        REQUIRE(later.has_value());
        return *later;
    }
    int status(const std::string& lines, const std::string& right_name, http::ClientKey client = {0, 1}) {
        const auto response = settle(lines, right_name, client);
        return response ? http::code(response->status) : 0;
    }

    FakeClock clock;
    FakeVerifier verifier;
    access_control::SignIn sign_in{verifier, clock, {.keep_ms = 60'000}};
    http::Request request;
    std::string routed;
    std::vector<std::unique_ptr<ParsedRequest>> parsed;
};

}  // namespace sign_in_bench
